using System.ComponentModel.DataAnnotations;

namespace SeqServe.Api.Facades.Native.Contracts;

/// <summary>A version and its state.</summary>
/// <param name="Version" example="1">The version.</param>
/// <param name="State" example="Ready"><c>Loading</c>, <c>Ready</c>, <c>Unloading</c> or <c>Unavailable</c>.</param>
/// <param name="Reason" example="is being loaded">Why it does not serve and what to change; empty when it serves.</param>
/// <param name="Since" example="2026-01-01T00:00:00+00:00">When it came into this state.</param>
public sealed record ModelVersionObject(int Version, [property: Required] string State, [property: Required] string Reason, DateTimeOffset Since);
