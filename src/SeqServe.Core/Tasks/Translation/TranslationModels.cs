using SeqServe.Core.Errors;
using SeqServe.Core.Registry;
using SeqServe.Core.Repository.Manifests;

namespace SeqServe.Core.Tasks.Translation;

/// <summary>The language pairs of the repository and the models behind them.</summary>
public sealed class TranslationModels(ModelRegistry registry)
{
    /// <summary>Every pair that some model translates, in the order of its codes.</summary>
    public IReadOnlyList<LanguagePair> Pairs() =>
        [.. Translators().Select(model => LanguagesOf(model)).Distinct()
            .OrderBy(pair => pair.Source, StringComparer.Ordinal).ThenBy(pair => pair.Target, StringComparer.Ordinal)];

    /// <summary>Keeps the model of a request loaded: the one it names, else the one of its languages, else the default.</summary>
    /// <exception cref="ServingException">
    /// As <see cref="ModelRegistry.Acquire"/>; <see cref="ServingErrorCode.ModelNotFound"/> for an unknown pair; <see cref="ServingErrorCode.InvalidRequest"/>
    /// for languages that the named model does not translate.
    /// </exception>
    internal ModelLease<ServedTranslator> Acquire(TranslationRequest request)
    {
        var name = request.Model ?? (request.Source is null && request.Target is null ? null : Choose(request.Source, request.Target));
        var lease = registry.Acquire<ServedTranslator>(TranslationTask.TaskName, name, request.Version);
        var languages = lease.Model.Languages;
        if (Fits(languages, request.Source, request.Target))
            return lease;
        lease.Dispose();
        throw ServingException.ForField(
            ServingErrorCode.InvalidRequest, request.Source is { } source && !Same(source, languages.Source) ? "source" : "target",
            $"model \"{request.Model}\" translates {languages.Source} → {languages.Target}; name another model, or leave \"model\" out");
    }

    // Of several models of a pair: the task's default, else one that is ready, else the first by name.
    private string Choose(string? source, string? target)
    {
        var best = Translators().Where(model => Fits(LanguagesOf(model), source, target))
            .OrderByDescending(model => model.IsDefault)
            .ThenByDescending(model => model.Versions.Any(version => version.Status.State == ModelState.Ready))
            .ThenByDescending(model => model.Manifest!.Default)
            .FirstOrDefault();
        return best?.Name ?? throw UnknownPair(source, target);
    }

    private ServingException UnknownPair(string? source, string? target)
    {
        var pairs = Pairs();
        var known = pairs.Count == 0
            ? "this server has no translation model"
            : $"there are {string.Join(", ", pairs.Select(pair => $"{pair.Source} → {pair.Target}"))}";
        return new ServingException(ServingErrorCode.ModelNotFound, $"No model translates {Shorten(source)} → {Shorten(target)}; {known}.");
    }

    private IEnumerable<ModelDescription> Translators() => registry.List().Where(model => model.Manifest?.Section is TranslationSection);

    private static LanguagePair LanguagesOf(ModelDescription translator) => ((TranslationSection)translator.Manifest!.Section).Languages;

    private static bool Fits(LanguagePair pair, string? source, string? target) =>
        (source is null || Same(source, pair.Source)) && (target is null || Same(target, pair.Target));

    private static bool Same(string code, string known) => code.Equals(known, StringComparison.OrdinalIgnoreCase);

    private static string Shorten(string? code) => code is null ? "any language" : code.Length <= 16 ? $"\"{code}\"" : $"\"{code[..16]}…\"";
}
