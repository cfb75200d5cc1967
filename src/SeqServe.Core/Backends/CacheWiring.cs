namespace SeqServe.Core.Backends;

/// <summary>Keys and values of one layer: inputs <c>[B,h,P,d]</c>, outputs <c>[B,h,T,d]</c> of the new tokens only.</summary>
/// <param name="KeyInput">Name of the keys' input.</param>
/// <param name="ValueInput">Name of the values' input.</param>
/// <param name="KeyOutput">Name of the new keys.</param>
/// <param name="ValueOutput">Name of the new values.</param>
public sealed record CacheWiring(string KeyInput, string ValueInput, string KeyOutput, string ValueOutput);
