namespace SeqServe.Core.Backends;

/// <summary>A loaded language model. Safe for concurrent use; each set of rows belongs to one loop.</summary>
public interface ILanguageModelBackend : IDecoderBackend
{
    /// <summary>Floats of one row's recurrent state; 0 where the past is a cache.</summary>
    int StateSize { get; }

    /// <summary>What its tensors are, under the names that they have in the graphs; null where that is the contract it was opened with.</summary>
    GraphContract? Contract => null;

    /// <summary>What goes back in, layer by layer; null where that is the wiring it was opened with.</summary>
    DecoderWiring? Wiring => null;

    /// <summary>Whether only rows that have read equally many tokens share a run.</summary>
    bool StepsByLength => false;

    /// <summary>
    /// Lets only rows that have read equally many tokens share a run, in all rows that are made from now on: of graphs that tell positions from the length of
    /// the past.
    /// </summary>
    /// <returns>Whether that is anything else than before.</returns>
    bool TryStepByLength() => false;

    /// <summary>Whether it can <see cref="Score"/>.</summary>
    bool CanScore { get; }

    /// <summary>Makes an empty set of rows; disposed before the backend.</summary>
    ILanguageModelRows NewRows();

    /// <summary>Log-probabilities of each next token of texts that are read from the model's beginning, in one run on the calling thread.</summary>
    /// <param name="texts">Ids <c>[B,T]</c> with T at least 2, and lengths <c>[B]</c>. The caller keeps ownership.</param>
    /// <param name="logProbabilities">Receives <c>[B,T-1]</c>, natural logarithms; 0 behind a row's own end.</param>
    /// <exception cref="BackendException">The run failed; another may succeed.</exception>
    void Score(PaddedBatch texts, Span<float> logProbabilities);
}

/// <summary>Rows of a language model.</summary>
public interface ILanguageModelRows : IDecoderRows
{
    /// <summary>Appends a row that has read nothing.</summary>
    /// <param name="state">The recurrent state to go on from, <see cref="IDecoderRows.StateSize"/> floats; empty for the model's own beginning.</param>
    void Begin(ReadOnlySpan<float> state);

    /// <summary>
    /// All rows read their next tokens in one run; logits are those behind each row's last one. What a failed run would have changed is left as it was.
    /// </summary>
    /// <param name="tokens">
    /// Ids <c>[Count,T]</c> and lengths <c>[Count]</c>, checked as for <see cref="IEncoderBackend.Run"/>. The caller keeps ownership.
    /// </param>
    /// <param name="first">The row of the first batch row; the other rows are not touched.</param>
    /// <exception cref="BackendException">The run failed; another may succeed.</exception>
    void Read(PaddedBatch tokens, int first = 0);

    /// <summary>Appends a row of other rows of the same model; the other rows keep theirs.</summary>
    void Append(ILanguageModelRows other, int row);
}
