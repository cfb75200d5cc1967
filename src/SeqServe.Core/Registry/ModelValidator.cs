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
            return [new ModelFinding(null, true, fault)];
        var manifest = model.Manifest!;
        var findings = new List<ModelFinding>();
        if (manifest.Files.Count == 0)
            findings.Add(new ModelFinding(null, false, "model.json lists no checksums in \"files\"; a damaged copy of a file might go unnoticed"));
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

        var remarks = new List<string>();
        Try(() => Load(model with { Manifest = manifest with { Files = new Dictionary<string, string>() } }, version, remarks));
        return [.. faults.Select(fault => new ModelFinding(version, true, fault)), .. remarks.Select(remark => new ModelFinding(version, false, remark))];
    }

    private void Load(RepositoryModel model, int version, List<string> remarks)
    {
        var served = loader.Load(model, version);
        if (served.Independence != RowIndependence.Full)
            remarks.Add(
                "a row's answer depends on its padding or its neighbours, so it is batched less or not at all; "
                + "export it with masks made from lengths and without dynamic quantization");
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
/// <param name="IsFault">Whether it keeps the version from serving; else it is worth knowing.</param>
/// <param name="Text">What is wrong and what to change.</param>
public sealed record ModelFinding(int? Version, bool IsFault, string Text);
