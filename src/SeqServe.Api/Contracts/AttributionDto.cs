using System.ComponentModel.DataAnnotations;

namespace SeqServe.Api.Contracts;

/// <summary>How much one word speaks for the predicted label.</summary>
/// <param name="Token">The word as it stands in the text. <example>triumph.</example></param>
/// <param name="Start">Where it begins, in UTF-16 units. <example>29</example></param>
/// <param name="End">Where it ends, exclusive. <example>37</example></param>
/// <param name="Weight">Log-probability of the label with the word minus that without it: above 0 it speaks for the label. <example>0.42</example></param>
public readonly record struct AttributionDto([property: Required] string Token, int Start, int End, double Weight);
