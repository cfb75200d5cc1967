using System.ComponentModel.DataAnnotations;

namespace SeqServe.Api.Facades.Native.Contracts;

/// <summary>How much one word speaks for the predicted label.</summary>
/// <param name="Token" example="triumph.">The word as it stands in the text.</param>
/// <param name="Start" example="29">Where it begins, in UTF-16 units.</param>
/// <param name="End" example="37">Where it ends, exclusive.</param>
/// <param name="Weight" example="0.42">Log-probability of the label with the word minus that without it: above 0 it speaks for the label.</param>
public readonly record struct Attribution([property: Required] string Token, int Start, int End, double Weight);
