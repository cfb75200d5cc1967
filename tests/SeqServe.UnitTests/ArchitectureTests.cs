using System.Text.RegularExpressions;
using SeqServe.Core.Backends;
using SeqServe.Core.Batching;
using SeqServe.Onnx;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests;

public class ArchitectureTests
{
    private const int LongestFile = 350;
    private const int LongestProgram = 40;
    private const int LongestLine = 160;
    private const int SmallFile = 20;
    private const double LargestShareOfSmallFiles = 0.2;

    public static TheoryData<string> ProjectsOfWidth =>
        [.. new[] { "src", "tests" }.SelectMany(folder => Directory.EnumerateDirectories(RepositoryRoot.Of(folder), "SeqServe.*")
            .Select(project => $"{folder}/{Path.GetFileName(project)}").Order(StringComparer.Ordinal))];

    [Theory]
    [InlineData(typeof(BatchLimits), "Microsoft.ML.OnnxRuntime|Microsoft.AspNetCore|SeqServe.Onnx|SeqServe.Api|Serilog|Prometheus|OpenTelemetry")]
    [InlineData(typeof(OnnxOptions), "Microsoft.AspNetCore|SeqServe.Api|Serilog|Prometheus|OpenTelemetry")]
    public void Assembly_ByItsReferences_StaysBelowItsFloor(Type member, string forbidden)
    {
        var references = member.Assembly.GetReferencedAssemblies().Select(r => r.Name!);

        Assert.DoesNotContain(references, r => Regex.IsMatch(r, $"^({forbidden})"));
    }

    [Theory]
    [InlineData("SeqServe.Core", "OnnxRuntime|AspNetCore|Sdk.Web|SeqServe.Onnx|SeqServe.Api")]
    [InlineData("SeqServe.Onnx", "AspNetCore|Sdk.Web|SeqServe.Api")]
    public void Project_ByItsFile_ReferencesNothingAboveIt(string project, string forbidden)
    {
        var file = File.ReadAllText(RepositoryRoot.Of("src", project, $"{project}.csproj"));

        Assert.Empty(Regex.Matches(file, $"(Include|Sdk)=\"[^\"]*({forbidden})[^\"]*\"").Select(m => m.Value));
    }

    // What each namespace may use of Core. Tasks and Registry stand above all of these; NamespaceCycleTests keep the order among them.
    [Theory]
    [InlineData("Diagnostics", "")]
    [InlineData("Errors", "")]
    [InlineData("Files", "")]
    [InlineData("Tensors", "")]
    [InlineData("Backends", "Tensors")]
    [InlineData("Compute", "Diagnostics|Errors")]
    [InlineData("Tokenization", "")]
    [InlineData("Batching", "Compute|Diagnostics|Errors|Files")]
    [InlineData("Decoding", "Backends|Batching|Compute|Diagnostics|Errors")]
    [InlineData("Repository", "Backends|Batching|Errors|Files|Tokenization")]
    [InlineData("Graphs", "Backends|Batching|Errors|Repository|Tensors")]
    public void CoreNamespace_BySource_UsesNothingAboveIt(string folder, string below)
    {
        var above = CoreFolders().Except([folder, .. below.Split('|')]).ToList();
        // A type of a sister namespace is reached by a using line or as "Registry.Type".
        var reference = new Regex($@"SeqServe\.Core\.({string.Join('|', above)})\b|(?<![.\w])({string.Join('|', above)})\.[A-Z]");

        Assert.Superset(new HashSet<string> { "Registry", "Tasks" }, above.ToHashSet());
        Assert.Empty(Sources(Path.Combine("SeqServe.Core", folder)).SelectMany(file => Matches(file, reference)));
    }

    [Fact]
    public void InferenceSession_BySource_IsMadeInOnePlace()
    {
        var makers = Sources("").Where(file => Regex.IsMatch(File.ReadAllText(file), @"new InferenceSession\b"));

        Assert.Equal(["SessionFactory.cs"], makers.Select(Path.GetFileName));
    }

    [Fact]
    public void SourceFile_ByLines_IsOneIdea()
    {
        var files = Sources("").Concat(CSharpFiles(RepositoryRoot.Of("tests")));

        Assert.DoesNotContain(files, file => File.ReadLines(file).Count() > LongestFile);
    }

    [Theory]
    [MemberData(nameof(ProjectsOfWidth))]
    public void Line_OfEverySource_FitsTheWidth(string project)
    {
        var files = CSharpFiles(RepositoryRoot.Of(project.Split('/'))).ToList();

        Assert.NotEmpty(files);
        Assert.Empty(files
            .SelectMany(file => File.ReadLines(file).Index()
                .Where(line => line.Item.Length > LongestLine)
                .Select(line => $"{Path.GetRelativePath(RepositoryRoot.Folder, file)}:{line.Index + 1}")));
    }

    [Theory]
    [InlineData("SeqServe.Core")]
    [InlineData("SeqServe.Onnx")]
    [InlineData("SeqServe.Api")]
    public void SourceFiles_OfAProject_AreSeldomSmall(string project)
    {
        // Records of one contract stand together: many small files make a reader open ten to follow one request.
        var files = Sources(project);
        var small = files.Where(file => File.ReadLines(file).Count() <= SmallFile).ToList();

        Assert.True(
            small.Count <= files.Count * LargestShareOfSmallFiles,
            $"{small.Count} of {files.Count} files have {SmallFile} lines or fewer: {string.Join(", ", small.Select(Path.GetFileName))}");
    }

    [Fact]
    public void Program_ByLines_IsShort() =>
        Assert.InRange(File.ReadLines(RepositoryRoot.Of("src", "SeqServe.Api", "Program.cs")).Count(), 1, LongestProgram);

    [Fact]
    public void PublicMembers_OfBackends_CarryNoText()
    {
        // Token ids in, numbers out. Opening takes names and files; what runs afterwards takes no text, but for the names of the outputs that a caller of
        // tensors wants.
        var room = typeof(IBackendFactory).Namespace;
        var backends = typeof(IBackendFactory).Assembly.GetTypes().Where(type => type.IsInterface && type.Namespace == room).ToList();
        var methods = backends.Where(type => type != typeof(IBackendFactory)).SelectMany(type => type.GetMethods()).Where(m => !m.IsSpecialName);
        var text = methods.SelectMany(m => m.GetParameters().Append(m.ReturnParameter), (m, p) => (Method: m, Parameter: p))
            .Where(p => IsText(p.Parameter.ParameterType));

        Assert.True(backends.Count >= 8, "The seven kinds of backends and rows, and their factory.");
        Assert.Equal(
            ["ITensorBackend.Run(outputs)"],
            text.Select(p => $"{p.Method.DeclaringType!.Name}.{p.Method.Name}({p.Parameter.Name})"));
    }

    private static IEnumerable<string> CoreFolders() =>
        Directory.EnumerateDirectories(RepositoryRoot.Of("src", "SeqServe.Core")).Select(folder => Path.GetFileName(folder)).Except(["bin", "obj"]);

    private static bool IsText(Type type) =>
        type == typeof(string) || type == typeof(char)
        || (type.HasElementType && IsText(type.GetElementType()!))
        || type.GetGenericArguments().Any(IsText);

    private static IEnumerable<string> Matches(string file, Regex reference) =>
        File.ReadLines(file).Where(line => reference.IsMatch(line)).Select(line => $"{Path.GetFileName(file)}: {line.Trim()}");

    private static List<string> Sources(string folder)
    {
        var files = CSharpFiles(RepositoryRoot.Of("src", folder)).ToList();
        Assert.NotEmpty(files);
        return files;
    }

    private static IEnumerable<string> CSharpFiles(string folder) =>
        Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            .Where(file => !Regex.IsMatch(Path.GetRelativePath(RepositoryRoot.Folder, file), @"[\\/](bin|obj)[\\/]"));
}
