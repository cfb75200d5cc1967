namespace SeqServe.Core.Registry;

/// <summary>The state of a model version, why, and since when.</summary>
/// <param name="State">What it is doing.</param>
/// <param name="Reason">Why it does not serve and what to change; empty when it serves.</param>
/// <param name="Since">When it came into this state.</param>
public sealed record ModelStatus(ModelState State, string Reason, DateTimeOffset Since);
