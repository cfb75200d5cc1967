using SeqServe.Core.Errors;
using SeqServe.Core.Repository;
using SeqServe.Core.Tasks;

namespace SeqServe.Core.Registry;

/// <summary>Does what a load does without serving, and goes on after a fault to find the others.</summary>
public sealed class ModelValidator(ModelLoader loader)
{
    /// <summary>Checks every version that the model's policy asks for.</summary>
    /// <returns>What was found; empty or without faults when the model serves.</returns>
    public IReadOnlyList<ModelFinding> Validate(RepositoryModel model)
    {
        if (model.Fault is { } fault)
            return [ModelFinding.Fault(null, fault)];
        var manifest = model.Manifest!;
        var findings = new List<ModelFinding>();
        if (manifest.Files.Count == 0)
            findings.Add(ModelFinding.Remark(null, "model.json lists no checksums in \"files\"; a damaged copy of a file might go unnoticed"));
        foreach (var version in manifest.VersionPolicy.Select(model.Versions))
            findings.AddRange(Validate(model, version));
        return findings;
    }

    private List<ModelFinding> Validate(RepositoryModel model, int version)
    {
        var manifest = model.Manifest!;
        var faults = new List<string>();
        void Try(Action check)
        {
            // A fault that an earlier check has found already is reported once.
            if (FaultOf(check) is { } fault && !faults.Contains(fault))
                faults.Add(fault);
        }

        if (Directory.Exists(model.VersionFolder(version)))
            Try(() => loader.CheckFiles(model, version, Try));

        var findings = new List<ModelFinding>();
        Try(() => Load(model with { Manifest = manifest with { Files = new Dictionary<string, string>() } }, version, findings));
        return [.. faults.Select(fault => ModelFinding.Fault(version, fault)), .. findings];
    }

    private void Load(RepositoryModel model, int version, List<ModelFinding> findings)
    {
        var served = loader.Load(model, version);
        findings.AddRange(ModelFacts.Of(served, loader.GoldenOf(model)).Select(fact => ModelFinding.Fact(version, fact)));
        if (served.Independence != RowIndependence.Full)
        {
            findings.Add(ModelFinding.Remark(
                version,
                "a row's answer depends on its padding or its neighbours, so it is batched less or not at all; "
                + "export it with masks made from lengths and without dynamic quantization"));
        }

        served.Release();
    }

    private static string? FaultOf(Action check)
    {
        try
        {
            check();
            return null;
        }
        catch (ModelLoadException e)
        {
            return e.Message;
        }
        catch (Exception e)
        {
            // Whatever a file makes the runtime throw is a finding too.
            return $"fails with an unexpected error: {e.GetType().Name}: {e.Message}";
        }
    }
}

/// <summary>Something that a model's validation found.</summary>
/// <param name="Version">The version it is about, or null for the model as a whole.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Text">What was found, or what is wrong and what to change.</param>
public sealed record ModelFinding(int? Version, FindingKind Kind, string Text)
{
    /// <summary>What keeps a version from serving.</summary>
    public static ModelFinding Fault(int? version, string text) => new(version, FindingKind.Fault, text);

    /// <summary>What is worth knowing.</summary>
    public static ModelFinding Remark(int? version, string text) => new(version, FindingKind.Remark, text);

    /// <summary>What was recognised.</summary>
    public static ModelFinding Fact(int? version, string text) => new(version, FindingKind.Fact, text);
}

/// <summary>What a finding is.</summary>
public enum FindingKind
{
    /// <summary>It keeps the version from serving.</summary>
    Fault,

    /// <summary>It is worth knowing.</summary>
    Remark,

    /// <summary>It is what was recognised.</summary>
    Fact,
}
