namespace SeqServe.Core.Backends;

/// <summary>Rows of an encoder-decoder model.</summary>
public interface ITranslatorRows : IDecoderRows
{
    /// <summary>Encodes sources in one run and appends a row for each; the first step reads the begin id. A failed run appends none.</summary>
    /// <param name="sources">Ids <c>[B,S]</c> and lengths <c>[B]</c>, checked as for <see cref="IClassifierBackend.Run"/>. The caller keeps ownership.</param>
    /// <exception cref="BackendException">The run failed; another may succeed.</exception>
    void Encode(PaddedBatch sources);
}
