using Serilog.Events;

namespace SeqServe.Api.Observability;

/// <summary>Values that log lines have in common, made once: Serilog never changes one.</summary>
internal static class SharedValues
{
    // Statuses, and most counts of texts, tokens and rows.
    private const int Numbers = 600;

    private static readonly ScalarValue[] s_numbers = [.. Enumerable.Range(0, Numbers).Select(number => new ScalarValue(number))];
    private static readonly ScalarValue s_get = new(HttpMethods.Get);
    private static readonly ScalarValue s_post = new(HttpMethods.Post);

    public static ScalarValue Empty { get; } = new("");

    public static ScalarValue Of(int number) => (uint)number < Numbers ? s_numbers[number] : new ScalarValue(number);

    public static ScalarValue Of(string method) => method switch
    {
        "GET" => s_get,
        "POST" => s_post,
        _ => new ScalarValue(method),
    };
}
