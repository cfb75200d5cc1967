using SeqServe.Core.Models.Manifests;
using SeqServe.Core.Scheduling;
using SeqServe.Core.Tensors;

namespace SeqServe.Core.Inference.Tensors;

/// <summary>What a loaded model takes and gives.</summary>
/// <param name="Manifest">Its manifest.</param>
/// <param name="Version">Its version.</param>
/// <param name="Signature">Inputs and outputs of its main graph.</param>
/// <param name="Limits">What a batch of requests and their queue may hold.</param>
public sealed record TensorModel(ModelManifest Manifest, int Version, TensorSignature Signature, BatchLimits Limits);
