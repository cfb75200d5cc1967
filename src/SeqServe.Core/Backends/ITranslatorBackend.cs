namespace SeqServe.Core.Backends;

/// <summary>A loaded encoder-decoder model: its two graphs. Safe for concurrent use; each set of rows belongs to one loop.</summary>
public interface ITranslatorBackend : IDecoderBackend
{
    /// <summary>Whether a step gives attention weights over the source.</summary>
    bool GivesAttention { get; }

    /// <summary>Makes an empty set of rows; disposed before the backend.</summary>
    ITranslatorRows NewRows();
}
