namespace SeqServe.Benchmarks.Completion;

/// <summary>Beginnings of sentences of a file, one a line.</summary>
internal static class Prompts
{
    private const int Words = 5;

    public static IReadOnlyList<string> Read(Arguments arguments, int count) =>
        [.. File.ReadLines(arguments.Text("--texts")).Select(line => line.Split(' ')).Where(words => words.Length > Words).Take(count)
            .Select(words => string.Join(' ', words.Take(Words)))];
}
