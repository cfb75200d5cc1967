namespace SeqServe.Core.Backends;

/// <summary>A loaded language model. Safe for concurrent use; each set of rows belongs to one loop.</summary>
public interface ILanguageModelBackend : IDecoderBackend
{
    /// <summary>Floats of one row's recurrent state; 0 where the past is a cache.</summary>
    int StateSize { get; }

    /// <summary>Whether there is a graph for <see cref="Score"/>.</summary>
    bool CanScore { get; }

    /// <summary>Makes an empty set of rows; disposed before the backend.</summary>
    ILanguageModelRows NewRows();

    /// <summary>Log-probabilities of each next token of texts that are read from the model's beginning, in one run on the calling thread.</summary>
    /// <param name="texts">Ids <c>[B,T]</c> with T at least 2, and lengths <c>[B]</c>. The caller keeps ownership.</param>
    /// <param name="logProbabilities">Receives <c>[B,T-1]</c>, natural logarithms; 0 behind a row's own end.</param>
    /// <exception cref="BackendException">The run failed; another may succeed.</exception>
    void Score(PaddedBatch texts, Span<float> logProbabilities);
}
