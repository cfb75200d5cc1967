using SeqServe.Core.Batching.Plans;
using SeqServe.Core.Compute;
using SeqServe.Core.Registry;
using SeqServe.Core.Repository;
using SeqServe.Onnx;

namespace SeqServe.Api.Hosting;

/// <summary>The command <c>validate</c>: checks models as a load does, without a server, and prints all that it finds.</summary>
internal static class ValidateCommand
{
    public const string Command = "validate";

    /// <summary>Checks a model's folder, or every model of a folder.</summary>
    /// <param name="args">The folder behind the command.</param>
    /// <param name="output">Where the findings go.</param>
    /// <returns>The exit code: 0 when every model can be served, 1 otherwise.</returns>
    public static int Run(string[] args, TextWriter output)
    {
        if (args.Length != 2 || !Directory.Exists(args[1]))
        {
            output.WriteLine(args.Length == 2 ? $"There is no folder {args[1]}." : "Usage: validate <folder of a model, or of several>");
            return 1;
        }

        try
        {
            return Run(args[1], output);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            output.WriteLine($"{args[1]} cannot be read: {e.Message}");
            return 1;
        }
    }

    private static int Run(string folder, TextWriter output)
    {
        using var services = Services();
        var models = Find(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)), services.GetServices<IModelFormat>());
        if (models.Count == 0)
        {
            output.WriteLine($"{folder} holds no model: neither model.json, config.json nor <version>/model.onnx is in it or in a folder of it.");
            return 1;
        }

        var validator = ActivatorUtilities.CreateInstance<ModelValidator>(services);
        // A model's lines appear when it is done: a large repository takes a while.
        var faulty = models.Count(model => !Report(model, validator.Validate(model), output));
        output.WriteLine($"{models.Count - faulty} of {models.Count} models can be served.");
        return faulty == 0 ? 0 : 1;
    }

    private static IReadOnlyList<RepositoryModel> Find(string folder, IEnumerable<IModelFormat> formats)
    {
        var isModel = Path.Exists(Path.Combine(folder, "model.json")) || Path.Exists(Path.Combine(folder, "config.json"))
            || Directory.EnumerateDirectories(folder).Any(sub => int.TryParse(Path.GetFileName(sub), out _));
        if (!isModel)
        {
            var repository = new FileModelRepository(folder, formats);
            return [.. repository.Scan(), .. repository.FindUnclaimed().Select(name => Unclaimed(folder, name))];
        }

        return Path.GetDirectoryName(folder) is { } parent
            && new FileModelRepository(parent, formats).Find(Path.GetFileName(folder)) is { } model
                ? [model]
                : [];
    }

    private static RepositoryModel Unclaimed(string folder, string name) => new(
        name, Path.Combine(folder, name), [], null,
        "it has a version folder but neither model.json, config.json nor <version>/model.onnx; the server does not see it");

    private static string Word(FindingKind kind) => kind switch
    {
        FindingKind.Fault => "fault",
        FindingKind.Remark => "remark",
        _ => "found",
    };

    private static bool Report(RepositoryModel model, IReadOnlyList<ModelFinding> findings, TextWriter output)
    {
        var serves = !findings.Any(finding => finding.Kind == FindingKind.Fault);
        output.WriteLine($"{model.Name}: {(serves ? "ok" : "cannot be served")}");
        foreach (var finding in findings)
            output.WriteLine($"  {Word(finding.Kind)}{(finding.Version is { } version ? $" in version {version}" : "")}: {finding.Text}");
        return serves;
    }

    private static ServiceProvider Services() => new ServiceCollection()
        .AddLogging()
        .AddMetrics()
        .AddSingleton(TimeProvider.System)
        .AddSingleton(new OnnxOptions())
        .AddSingleton(WorkerCommand.Launch())
        .AddSingleton(new PlanOptions { Measure = false })
        .AddSingleton(new RunScheduler(Environment.ProcessorCount))
        .AddSeqServeCore()
        .AddSeqServeOnnx()
        .BuildServiceProvider();
}
