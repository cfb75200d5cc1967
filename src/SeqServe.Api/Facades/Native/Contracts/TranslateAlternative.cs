using System.ComponentModel.DataAnnotations;

namespace SeqServe.Api.Facades.Native.Contracts;

/// <summary>A further translation.</summary>
/// <param name="Translation" example="Où se trouve la gare ?">The translation.</param>
/// <param name="Score" example="-0.52">Its log-probability over the length penalty.</param>
public sealed record TranslateAlternative([property: Required] string Translation, double Score);
