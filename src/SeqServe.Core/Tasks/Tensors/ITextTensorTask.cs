using SeqServe.Core.Batching;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Errors;
using SeqServe.Core.Tensors;

namespace SeqServe.Core.Tasks.Tensors;

/// <summary>
/// Answers requests of one task that bring text as a tensor, <see cref="TextInput.Name"/> of BYTES: through tokenizer, batches and decode loop as on the native
/// routes.
/// </summary>
public interface ITextTensorTask
{
    /// <summary>The task as manifests spell it.</summary>
    string Task { get; }

    /// <summary>Names of the outputs, in their order.</summary>
    IReadOnlyList<string> Outputs { get; }

    /// <summary>The queue that texts go through.</summary>
    /// <param name="model">A model of the task.</param>
    IAdmission Queue(ServedModel model);

    /// <summary>Answers a request.</summary>
    /// <param name="model">A model of the task; the caller holds a lease on it until this has returned.</param>
    /// <param name="text">The texts.</param>
    /// <param name="request">The rest of the request. <see cref="TensorRequest.Outputs"/> are among <see cref="Outputs"/>, at least one.</param>
    /// <param name="observed">Receives what becomes known on the way, also when the request fails.</param>
    /// <param name="cancellation">Cancelled when the caller has left.</param>
    /// <returns>The outputs asked for, in this order.</returns>
    /// <exception cref="ServingException">The request failed; see its code.</exception>
    /// <exception cref="OperationCanceledException">The caller has left.</exception>
    Task<IReadOnlyList<Tensor>> AnswerAsync(
        ServedModel model, TextInput text, TensorRequest request, ServedRequest observed, CancellationToken cancellation);
}
