using System.Text.RegularExpressions;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests;

/// <summary>Namespaces of a project are layers: what one needs of others never leads back to it.</summary>
public partial class NamespaceCycleTests
{
    [Theory]
    [InlineData("SeqServe.Api")]
    [InlineData("SeqServe.Core")]
    [InlineData("SeqServe.Onnx")]
    [InlineData("SeqServe.Tokenizers")]
    public void Namespaces_OfAProject_HaveNoCycle(string project)
    {
        var graph = Graph(Sources(project));

        Assert.NotEmpty(graph);
        Assert.True(Cycles(graph) is [], string.Join('\n', Cycles(graph)));
    }

    [Fact]
    public void Cycles_OfNamespacesThatNeedEachOther_AreFound()
    {
        var graph = Graph(
        [
            "using S.B;\nnamespace S.A;\npublic class X;",
            "namespace S.B;\npublic class Y { S.C.Z Next; }",
            "namespace S.C;\nclass Z { /* S.A.X */ }",
            "namespace S.C.Inner;\nclass V : Z;",
            "using S.C.Inner;\nnamespace S.C;\nclass W;",
        ]);

        Assert.Equal(["S.C → S.C.Inner → S.C"], Cycles(graph));
    }

    // From a namespace to those it needs: by using, by a qualified name, or by the name of a type of a namespace around it, which takes neither.
    private static Dictionary<string, HashSet<string>> Graph(IReadOnlyList<string> sources)
    {
        var files = sources.Select(source => Comment().Replace(source, "")).Where(source => Namespace().IsMatch(source))
            .Select(source => (Name: Namespace().Match(source).Groups[1].Value, Text: source)).ToList();
        var types = files.GroupBy(file => file.Name)
            .ToDictionary(
                group => group.Key,
                group => group.SelectMany(file => TypeName().Matches(file.Text)).Select(type => type.Groups[1].Value).ToHashSet());
        var graph = types.Keys.ToDictionary(name => name, _ => new HashSet<string>());
        foreach (var (name, text) in files)
        {
            var code = Namespace().Replace(text, "");
            var qualified = QualifiedName().Matches(code).Select(match => Known(match.Value, types.Keys));
            var words = Word().Matches(code).Select(match => match.Value).ToHashSet();
            var around = types.Keys.Where(other => name.StartsWith($"{other}.", StringComparison.Ordinal) && types[other].Overlaps(words));
            graph[name].UnionWith(qualified.OfType<string>().Concat(around).Where(other => other != name));
        }

        return graph;
    }

    private static string? Known(string qualified, IEnumerable<string> namespaces) =>
        namespaces.Where(name => qualified == name || qualified.StartsWith($"{name}.", StringComparison.Ordinal)).MaxBy(name => name.Length);

    private static List<string> Cycles(Dictionary<string, HashSet<string>> graph)
    {
        var cycles = new List<string>();
        var done = new HashSet<string>();
        foreach (var name in graph.Keys.Order(StringComparer.Ordinal))
            Visit(name, []);
        return cycles;

        void Visit(string name, List<string> path)
        {
            if (path.IndexOf(name) is var start and >= 0)
                cycles.Add(string.Join(" → ", path[start..].Append(name)));
            else if (done.Add(name))
                graph[name].Order(StringComparer.Ordinal).ToList().ForEach(next => Visit(next, [.. path, name]));
        }
    }

    private static List<string> Sources(string project) =>
    [
        .. Directory.EnumerateFiles(RepositoryRoot.Of("src", project), "*.cs", SearchOption.AllDirectories)
            .Where(file => !BuildOutput().IsMatch(Path.GetRelativePath(RepositoryRoot.Folder, file)))
            .Select(File.ReadAllText),
    ];

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"\b(?:class|struct|record|interface|enum|delegate)\s+(?:struct\s+)?([A-Z]\w*)")]
    private static partial Regex TypeName();

    [GeneratedRegex(@"\b[A-Z]\w*(?:\.[A-Z]\w*)+")]
    private static partial Regex QualifiedName();

    [GeneratedRegex(@"(?<!\.)\b[A-Z]\w*\b")]
    private static partial Regex Word();

    [GeneratedRegex(@"//[^\n]*|/\*.*?\*/", RegexOptions.Singleline)]
    private static partial Regex Comment();

    [GeneratedRegex(@"[\\/](bin|obj)[\\/]")]
    private static partial Regex BuildOutput();
}
