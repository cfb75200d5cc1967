using System.ComponentModel.DataAnnotations;

namespace SeqServe.Api.Facades.Native.Contracts;

/// <summary>How the tokens of one sentence are aligned.</summary>
/// <param name="SourceTokens" example='[" Where", " is", " it", "?", "&lt;/s&gt;"]'>The columns.</param>
/// <param name="TargetTokens" example='[" Où", " est", "-ce", " ?"]'>The rows.</param>
/// <param name="Alignments" example='[[0.8, 0.1, 0.05, 0.03, 0.02]]'><c>[target token][source token]</c>; each row sums to 1.</param>
public sealed record TranslateAlignment(
    [property: Required] IReadOnlyList<string> SourceTokens, [property: Required] IReadOnlyList<string> TargetTokens, [property: Required] IReadOnlyList<IReadOnlyList<float>> Alignments);
