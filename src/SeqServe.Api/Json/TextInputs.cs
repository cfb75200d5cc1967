using System.Text.Json.Serialization;

namespace SeqServe.Api.Json;

/// <summary>One text, or several: in JSON a string or an array of strings.</summary>
/// <param name="Texts">The texts.</param>
/// <param name="IsSingle">Whether it was written as a single string.</param>
/// <param name="Count">How many were sent; beyond what any server takes they are counted but not kept.</param>
[JsonConverter(typeof(TextInputsConverter))]
public sealed record TextInputs(IReadOnlyList<string> Texts, bool IsSingle, int Count);
