using SeqServe.Core.Errors;
using SeqServe.Core.Registry;

namespace SeqServe.Api.Facades.OpenInference;

/// <summary>The repository extension of the Open Inference Protocol, for REST and gRPC.</summary>
public sealed class RepositoryCalls(ModelRegistry registry, ModelLifecycle lifecycle)
{
    private const string Config = "config";
    private const string FilePrefix = "file:";

    /// <summary>Every version of every model.</summary>
    /// <param name="onlyReady">Whether only those that are Ready.</param>
    internal RepositoryEntry[] Index(bool onlyReady) =>
        [.. from model in registry.List()
            from version in model.Versions
            where !onlyReady || version.Status.State == ModelState.Ready
            select new RepositoryEntry(model.Name, $"{version.Version}", StateOf(version.Status.State), version.Status.Reason)];

    /// <summary>Loads a model, or loads it again while the old one serves.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="parameters">Names of the parameters that came with the call.</param>
    /// <exception cref="ServingException">It cannot be loaded, or a parameter asks for what is not supported.</exception>
    internal Task LoadAsync(string name, IEnumerable<string> parameters)
    {
        // Ignoring these would serve another model than the caller expects.
        if (parameters.FirstOrDefault(p => p == Config || p.StartsWith(FilePrefix, StringComparison.Ordinal)) is { } refused)
        {
            throw new ServingException(
                ServingErrorCode.InvalidRequest,
                $"The parameter \"{refused}\" is not supported: a model is what its folder holds. Change its model.json and load it without the parameter.");
        }

        return lifecycle.LoadAsync(name);
    }

    /// <summary>Takes a model out of service; requests taken before are answered.</summary>
    /// <exception cref="ServingException"><see cref="ServingErrorCode.ModelNotFound"/>.</exception>
    internal Task UnloadAsync(string name) => lifecycle.UnloadAsync(name);

    private static string StateOf(ModelState state) => state switch
    {
        ModelState.Ready => "READY",
        ModelState.Loading => "LOADING",
        ModelState.Unloading => "UNLOADING",
        _ => "UNAVAILABLE",
    };
}

/// <summary>One model version of the repository index.</summary>
/// <param name="Name">The model.</param>
/// <param name="Version">Its version.</param>
/// <param name="State"><c>READY</c>, <c>LOADING</c>, <c>UNLOADING</c> or <c>UNAVAILABLE</c>.</param>
/// <param name="Reason">Why it is not Ready; empty when it is, or the result of a reload.</param>
internal sealed record RepositoryEntry(string Name, string Version, string State, string Reason);
