namespace SeqServe.Core.Backends;

/// <summary>A loaded encoder-decoder model: its two graphs. Safe for concurrent use; each set of rows belongs to one loop.</summary>
public interface ITranslatorBackend : IDecoderBackend
{
    /// <summary>What its tensors are, under the names that they have in the graphs; null where that is the contract it was opened with.</summary>
    GraphContract? Contract => null;

    /// <summary>What goes back in, layer by layer; null where that is the wiring it was opened with.</summary>
    DecoderWiring? Wiring => null;

    /// <summary>Whether a step gives attention weights over the source.</summary>
    bool GivesAttention { get; }

    /// <summary>Makes an empty set of rows; disposed before the backend.</summary>
    ITranslatorRows NewRows();
}

/// <summary>Rows of an encoder-decoder model.</summary>
public interface ITranslatorRows : IDecoderRows
{
    /// <summary>Encodes sources in one run and appends a row for each; the first step reads the begin id. A failed run appends none.</summary>
    /// <param name="sources">Ids <c>[B,S]</c> and lengths <c>[B]</c>, checked as for <see cref="IEncoderBackend.Run"/>. The caller keeps ownership.</param>
    /// <exception cref="BackendException">The run failed; another may succeed.</exception>
    void Encode(PaddedBatch sources);
}
