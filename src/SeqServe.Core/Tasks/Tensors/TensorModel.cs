using SeqServe.Core.Batching;
using SeqServe.Core.Repository.Manifests;
using SeqServe.Core.Tensors;

namespace SeqServe.Core.Tasks.Tensors;

/// <summary>What a loaded model takes and gives.</summary>
/// <param name="Manifest">Its manifest.</param>
/// <param name="Version">Its version.</param>
/// <param name="Signature">Inputs and outputs of its main graph.</param>
/// <param name="Limits">What a batch of requests and their queue may hold.</param>
public sealed record TensorModel(ModelManifest Manifest, int Version, TensorSignature Signature, BatchLimits Limits);
