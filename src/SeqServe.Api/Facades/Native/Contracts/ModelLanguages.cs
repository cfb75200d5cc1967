using System.ComponentModel.DataAnnotations;

namespace SeqServe.Api.Facades.Native.Contracts;

/// <summary>What a translator translates.</summary>
/// <param name="Source" example="en">Language code of its inputs.</param>
/// <param name="Target" example="fr">Language code of its outputs.</param>
public sealed record ModelLanguages([property: Required] string Source, [property: Required] string Target);
