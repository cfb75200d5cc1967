namespace SeqServe.Core.Repository.Manifests;

/// <summary>What a translator translates.</summary>
/// <param name="Source">Language code of its inputs, such as <c>en</c>.</param>
/// <param name="Target">Language code of its outputs.</param>
public sealed record LanguagePair(string Source, string Target);
