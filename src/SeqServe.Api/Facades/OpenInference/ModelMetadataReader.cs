using System.Globalization;
using SeqServe.Core.Errors;
using SeqServe.Core.Registry;
using SeqServe.Core.Tasks.Tensors;
using SeqServe.Core.Tensors;

namespace SeqServe.Api.Facades.OpenInference;

/// <summary>Describes models, for REST and gRPC.</summary>
internal sealed class ModelMetadataReader(TensorInference inference, ModelRegistry registry)
{
    /// <summary>What a model takes and gives.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="version">The version, or null for the newest.</param>
    /// <exception cref="ServingException">The model is unknown or not ready.</exception>
    public ModelMetadata Read(string name, int? version)
    {
        var model = inference.Describe(name, version);
        var ready = registry.Describe(name).Versions.Where(v => v.Status.State == ModelState.Ready);
        return new ModelMetadata(
            model.Manifest.Name,
            [.. ready.Select(v => v.Version.ToString(CultureInfo.InvariantCulture))],
            OpenInferenceServer.Platform,
            [.. model.Signature.Inputs.Select(TensorMetadata.Of)],
            [.. model.Signature.Outputs.Select(TensorMetadata.Of)]);
    }
}

/// <summary>What a model takes and gives.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Versions">Versions that are Ready.</param>
/// <param name="Platform">What it was made for.</param>
/// <param name="Inputs">Inputs of its main graph.</param>
/// <param name="Outputs">Outputs of its main graph.</param>
internal sealed record ModelMetadata(
    string Name, IReadOnlyList<string> Versions, string Platform, IReadOnlyList<TensorMetadata> Inputs, IReadOnlyList<TensorMetadata> Outputs);

/// <summary>An input or output.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Datatype">What its elements are.</param>
/// <param name="Shape">Sizes of its axes, -1 where any will do. A graph that declares no shape at all is shown with one axis of any size.</param>
internal sealed record TensorMetadata(string Name, string Datatype, IReadOnlyList<long> Shape)
{
    /// <summary>What a graph declares.</summary>
    public static TensorMetadata Of(TensorSpec spec) => new(spec.Name, spec.Datatype.ToName(), spec.Shape ?? [-1]);
}
