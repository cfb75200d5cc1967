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

/// <summary>The state of a model version, why, and since when.</summary>
/// <param name="State">What it is doing.</param>
/// <param name="Reason">Why it does not serve and what to change, or why it still serves what was loaded before; else empty.</param>
/// <param name="Since">When it came into this state.</param>
public sealed record ModelStatus(ModelState State, string Reason, DateTimeOffset Since);
