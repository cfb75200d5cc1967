using System.Globalization;
using System.Text.RegularExpressions;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests;

/// <summary>The walk through the code in docs/architecture.md: it is read by those who do not know the code yet.</summary>
public partial class ArchitecturePageTests
{
    private const int MaxFiles = 40;

    [Fact]
    public void Walk_OfAClassification_NamesFilesThatExistOnce()
    {
        var names = Names();

        Assert.Equal(names.Distinct(), names);
        Assert.All(names, name => Assert.True(File.Exists(RepositoryRoot.Of("src", $"SeqServe.{name}.cs")), name));
    }

    [Fact]
    public void Walk_OfAClassification_HasTheNumberOfFilesThatThePageSaysAndAtMostForty()
    {
        var said = int.Parse(Count().Match(Walk()).Groups[1].Value, CultureInfo.InvariantCulture);

        Assert.Equal(said, Names().Count);
        Assert.InRange(said, 1, MaxFiles);
    }

    // The rows of the table; the text around it names other files too.
    private static List<string> Names() =>
    [
        .. Walk().Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal))
            .SelectMany(line => Name().Matches(line)).Select(name => name.Groups[1].Value),
    ];

    private static string Walk()
    {
        var page = File.ReadAllText(RepositoryRoot.Of("docs", "architecture.md"));
        var begin = page.IndexOf("## One classification", StringComparison.Ordinal);
        return page[begin..page.IndexOf("\n## ", begin + 1, StringComparison.Ordinal)];
    }

    [GeneratedRegex("`((?:Api|Core|Onnx|Tokenizers)/[A-Za-z/]+)`")]
    private static partial Regex Name();

    [GeneratedRegex("These are ([0-9]+) files")]
    private static partial Regex Count();
}
