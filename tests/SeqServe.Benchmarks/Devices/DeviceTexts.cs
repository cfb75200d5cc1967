namespace SeqServe.Benchmarks.Devices;

/// <summary>Sentences of six to twelve words, which every model can say something to.</summary>
internal static class DeviceTexts
{
    private static readonly string[] s_who =
        ["The old man", "My sister", "A young doctor", "Nobody in this town", "The quiet film", "Tom", "She", "Our teacher"];

    private static readonly string[] s_what =
    [
        "reads a long book every evening.", "never knew what to say.", "was a moving and beautiful surprise.", "wants to go home as soon as possible.",
        "lost the keys again yesterday.", "is a dull and lifeless mess.", "told me that the train was late.", "would like to book a table for two.",
    ];

    /// <summary>All of them, shortest and longest mixed.</summary>
    public static IReadOnlyList<string> All { get; } = [.. s_what.SelectMany(what => s_who.Select(who => $"{who} {what}"))];
}
