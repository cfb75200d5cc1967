namespace SeqServe.Core.Backends;

/// <summary>One tensor of recurrent state <c>[B,…]</c>.</summary>
/// <param name="Input">The input's name.</param>
/// <param name="Output">The output's name.</param>
/// <param name="EncoderOutput">The encoder output it begins with, or null for zeros.</param>
public sealed record StateWiring(string Input, string Output, string? EncoderOutput);
