using System.ComponentModel.DataAnnotations;

namespace SeqServe.Api.Contracts;

/// <summary>A version and its state.</summary>
/// <param name="Version">The version. <example>1</example></param>
/// <param name="State"><c>Loading</c>, <c>Ready</c>, <c>Unloading</c> or <c>Unavailable</c>. <example>Ready</example></param>
/// <param name="Reason">Why it does not serve and what to change; empty when it serves. <example></example></param>
/// <param name="Since">When it came into this state. <example>2026-01-01T00:00:00+00:00</example></param>
public sealed record ModelVersionObject(int Version, [property: Required] string State, [property: Required] string Reason, DateTimeOffset Since);
