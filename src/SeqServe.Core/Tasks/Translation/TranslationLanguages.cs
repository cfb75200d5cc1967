using SeqServe.Core.Repository.Manifests;

namespace SeqServe.Core.Tasks.Translation;

/// <summary>The directions of one translator: one pair, or every pair of the languages that it has tokens for.</summary>
/// <param name="Default">What it translates when nothing is said; null where something must be said, or where it is not known to translate.</param>
/// <param name="Tokens">Of a model of many directions, the token of each language by its code; else empty.</param>
public sealed record TranslationLanguages(LanguagePair? Default, IReadOnlyDictionary<string, string> Tokens)
{
    /// <summary>Whether it is not known to translate.</summary>
    public bool IsNone => Default is null && Tokens.Count == 0;

    /// <summary>All of its directions.</summary>
    public IEnumerable<LanguagePair> Pairs => Tokens.Count == 0
        ? Default is null ? [] : [Default]
        : Tokens.Keys.SelectMany(source => Tokens.Keys.Where(target => target != source).Select(target => new LanguagePair(source, target)));

    /// <summary>The direction of a request; null where it has none that fits.</summary>
    /// <param name="source">Language code of the texts, or null for the default's.</param>
    /// <param name="target">Language code of the translation, or null for the default's.</param>
    public LanguagePair? Find(string? source, string? target)
    {
        if (Tokens.Count == 0)
            return Default is { } pair && (source is null || Same(source, pair.Source)) && (target is null || Same(target, pair.Target)) ? pair : null;
        return Known(source ?? Default?.Source) is { } from && Known(target ?? Default?.Target) is { } to && from != to ? new LanguagePair(from, to) : null;
    }

    // By its code, by the model's own token, or without region and script.
    private string? Known(string? code) => code is null
        ? null
        : Tokens.Keys.FirstOrDefault(known => Same(code, known))
            ?? Tokens.FirstOrDefault(known => Same(code, known.Value)).Key
            ?? (code.IndexOf('-', StringComparison.Ordinal) is var dash and > 0 ? Known(code[..dash]) : null);

    private static bool Same(string code, string known) => code.Equals(known, StringComparison.OrdinalIgnoreCase);
}
