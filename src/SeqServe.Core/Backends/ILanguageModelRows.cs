namespace SeqServe.Core.Backends;

/// <summary>Rows of a language model.</summary>
public interface ILanguageModelRows : IDecoderRows
{
    /// <summary>Appends a row that has read nothing.</summary>
    /// <param name="state">The recurrent state to go on from, <see cref="IDecoderRows.StateSize"/> floats; empty for the model's own beginning.</param>
    void Begin(ReadOnlySpan<float> state);

    /// <summary>All rows read their next tokens in one run; logits are those behind each row's last one. What a failed run would have changed is left as it was.</summary>
    /// <param name="tokens">Ids <c>[Count,T]</c> and lengths <c>[Count]</c>, checked as for <see cref="IClassifierBackend.Run"/>. The caller keeps ownership.</param>
    /// <param name="first">The row of the first batch row; the other rows are not touched.</param>
    /// <exception cref="BackendException">The run failed; another may succeed.</exception>
    void Read(PaddedBatch tokens, int first = 0);

    /// <summary>Appends a row of other rows of the same model; the other rows keep theirs.</summary>
    void Append(ILanguageModelRows other, int row);
}
