using System.Globalization;
using SeqServe.Core.Errors;

namespace SeqServe.Core.Tasks.Tensors;

/// <summary>The parameters of a request: strings, truth values, whole numbers and other numbers by name.</summary>
/// <param name="values">
/// Each a <see cref="string"/>, a <see cref="bool"/>, a <see cref="long"/>, a <see cref="ulong"/> beyond it, or a <see cref="double"/>.
/// </param>
public sealed class TensorParameters(IReadOnlyDictionary<string, object> values)
{
    /// <summary>No parameter.</summary>
    public static TensorParameters None { get; } = new(new Dictionary<string, object>());

    /// <summary>Every parameter.</summary>
    public IReadOnlyDictionary<string, object> Values { get; } = values;

    /// <summary>A string, or null.</summary>
    /// <exception cref="ServingException">It is something else.</exception>
    public string? Text(string name) => Find(name) switch
    {
        null => null,
        string text => text,
        _ => throw Wrong(name, "a string"),
    };

    /// <summary>A truth value; false when it is not given.</summary>
    /// <exception cref="ServingException">It is something else.</exception>
    public bool Flag(string name) => Find(name) switch
    {
        null => false,
        bool flag => flag,
        _ => throw Wrong(name, "true or false"),
    };

    /// <summary>A whole number, or null.</summary>
    /// <exception cref="ServingException">It is something else or out of range.</exception>
    public long? Whole(string name, long least, long most) => Find(name) switch
    {
        null => null,
        long whole when whole >= least && whole <= most => whole,
        _ => throw Wrong(name, $"a whole number in {least}–{most}"),
    };

    /// <summary>A number, or null.</summary>
    /// <exception cref="ServingException">It is something else or out of range.</exception>
    public double? Number(string name, double least, double most)
    {
        var value = Find(name);
        return (value is long or ulong ? Convert.ToDouble(value, CultureInfo.InvariantCulture) : value) switch
        {
            null => null,
            double number when number >= least && number <= most => number,
            _ => throw Wrong(name, $"a number in {least}–{most}"),
        };
    }

    /// <summary>A parameter as it was sent, or null.</summary>
    public object? Find(string name) => Values.GetValueOrDefault(name);

    private static ServingException Wrong(string name, string expected) =>
        new(ServingErrorCode.InvalidRequest, $"parameter \"{name}\": must be {expected}");
}
