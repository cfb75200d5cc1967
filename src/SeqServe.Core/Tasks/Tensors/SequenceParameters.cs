using System.Globalization;
using SeqServe.Core.Errors;

namespace SeqServe.Core.Tasks.Tensors;

/// <summary>Which sequence a request belongs to.</summary>
/// <param name="Id">Its name; a whole number and a string are different sequences.</param>
/// <param name="Starts">Whether it begins with this request.</param>
/// <param name="Ends">Whether it ends with this request.</param>
internal sealed record SequenceParameters(string Id, bool Starts, bool Ends)
{
    private const int MaxCharacters = 128;

    /// <summary>Reads the protocol's parameters.</summary>
    /// <returns>Null for a request of no sequence: without an id, or with 0 or an empty one.</returns>
    /// <exception cref="ServingException">They are not of the protocol's types.</exception>
    public static SequenceParameters? Read(TensorParameters parameters)
    {
        var id = parameters.Find("sequence_id") switch
        {
            null or 0L or "" => null,
            long number => number.ToString(CultureInfo.InvariantCulture),
            // The protocol's numbers have 64 bits and no sign; clients draw them at random.
            ulong number => number.ToString(CultureInfo.InvariantCulture),
            string { Length: <= MaxCharacters } text => $"\"{text}\"",
            _ => throw new ServingException(
                ServingErrorCode.InvalidRequest, $"parameter \"sequence_id\": must be a whole number or a string of at most {MaxCharacters} characters"),
        };
        return id is null ? null : new SequenceParameters(id, parameters.Flag("sequence_start"), parameters.Flag("sequence_end"));
    }
}
