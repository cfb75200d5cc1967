namespace SeqServe.Core.Registry;

/// <summary>What a model version is doing.</summary>
public enum ModelState
{
    /// <summary>Files are read, sessions opened and warmed up. Does not serve.</summary>
    Loading,

    /// <summary>Serves.</summary>
    Ready,

    /// <summary>Takes no new requests; those taken are being answered.</summary>
    Unloading,

    /// <summary>Does not serve; the reason says why.</summary>
    Unavailable,
}
