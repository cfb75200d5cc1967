using System.Globalization;
using System.IO.Compression;
using System.Text.Json.Nodes;
using SeqServe.Tokenizers;

namespace SeqServe.Benchmarks.Tokenization;

/// <summary>
/// Encodes texts one by one on one thread with our tokenizers and with the reference implementation in this process (Rust, by way of Tokenizers.DotNet),
/// which take turns; the medians of the rounds are printed, in seconds of the processor, which other work on the machine does not count in. Bytes are what a
/// text allocates besides its answer.
/// </summary>
internal static class TokenizersCommand
{
    private const string Suffix = ".tokenizer.json.gz";

    // The object, and for each of the four lists of an answer its head and filling up to eight bytes.
    private const int BytesOfAnswer = 64 + (4 * 28);
    private const int WarmRounds = 10;
    private const int BytesOfToken = 4 + 8 + 4 + 1;

    public static int Run(Arguments arguments)
    {
        var texts = File.ReadAllLines(arguments.Text("--texts")).Where(line => line.Length > 0).ToArray();
        var rounds = arguments.Number("--rounds", 7);
        var only = arguments.Text("--only", "");
        Console.WriteLine($"{texts.Length} texts, {rounds} rounds");
        Console.WriteLine("| tokenizer | ids equal | reference, texts/s | ours, texts/s | ours over the reference | bytes a text | first pass, texts/s |");
        Console.WriteLine("|---|---|---|---|---|---|---|");
        foreach (var file in Directory.EnumerateFiles(arguments.Text("--models"), "*" + Suffix).Order(StringComparer.Ordinal))
        {
            if (only.Length == 0 || only.Split(',').Contains(Path.GetFileName(file)[..^Suffix.Length]))
                Compare(file, texts, rounds);
        }

        return 0;
    }

    private static void Compare(string file, string[] texts, int rounds)
    {
        var json = JsonNode.Parse(Unzip(file))!.AsObject();
        json["truncation"] = null;
        json["padding"] = null;
        var path = Path.GetTempFileName();
        File.WriteAllText(path, json.ToJsonString());
        using var reference = new global::Tokenizers.DotNet.Tokenizer(path);
        var ours = Tokenizer.FromJson(File.ReadAllBytes(path));
        File.Delete(path);
        var first = Time(texts, text => ours.Encode(text).Count);
        var equal = texts.Count(text => ours.Encode(text).Ids.SequenceEqual(Array.ConvertAll(reference.Encode(text), id => (int)id)));
        var (own, other) = (new double[rounds], new double[rounds]);
        // Rounds below 0 are for the compiler, which takes some passes to make its best code.
        for (var round = -WarmRounds; round < rounds; round++)
        {
            other[Math.Max(0, round)] = Time(texts, text => reference.Encode(text).Length);
            own[Math.Max(0, round)] = Time(texts, text => ours.Encode(text).Count);
        }

        var ratio = Median(other.Zip(own, (theirs, mine) => theirs / mine));
        var name = Path.GetFileName(file)[..^Suffix.Length];
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"| {name} | {equal} | {texts.Length / Median(other):0} | {texts.Length / Median(own):0} | {ratio:0.0} |"
            + $" {Bytes(texts, ours):0} | {texts.Length / first:0} |"));
    }

    private static double Time(string[] texts, Func<string, int> encode)
    {
        var tokens = 0L;
        var started = Environment.CpuUsage.TotalTime;
        foreach (var text in texts)
            tokens += encode(text);
        var seconds = (Environment.CpuUsage.TotalTime - started).TotalSeconds;
        return tokens > 0 ? seconds : throw new InvalidOperationException("The texts have no tokens.");
    }

    private static double Bytes(string[] texts, Tokenizer tokenizer)
    {
        var answers = 0L;
        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var text in texts)
            answers += BytesOfAnswer + (tokenizer.Encode(text).Count * BytesOfToken);
        return (GC.GetAllocatedBytesForCurrentThread() - before - answers) / (double)texts.Length;
    }

    private static byte[] Unzip(string file)
    {
        using var zipped = new GZipStream(File.OpenRead(file), CompressionMode.Decompress);
        using var content = new MemoryStream();
        zipped.CopyTo(content);
        return content.ToArray();
    }

    private static double Median(IEnumerable<double> values)
    {
        var ordered = values.Order().ToList();
        return ordered[ordered.Count / 2];
    }
}
