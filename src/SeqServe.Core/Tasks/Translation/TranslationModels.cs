using SeqServe.Core.Errors;
using SeqServe.Core.Registry;
using SeqServe.Core.Repository.Manifests;

namespace SeqServe.Core.Tasks.Translation;

/// <summary>The language pairs of the repository and the models behind them.</summary>
public sealed class TranslationModels(ModelRegistry registry)
{
    // More would be no message any more.
    private const int MostNamed = 20;

    /// <summary>Every pair that some model translates, in the order of its codes.</summary>
    public IReadOnlyList<LanguagePair> Pairs() =>
        [.. Translators().SelectMany(model => DirectionsOf(model).Pairs).Distinct()
            .OrderBy(pair => pair.Source, StringComparer.Ordinal).ThenBy(pair => pair.Target, StringComparer.Ordinal)];

    /// <summary>Keeps the model of a request loaded: the one it names, else the one of its languages, else the default.</summary>
    /// <exception cref="ServingException">
    /// As <see cref="ModelRegistry.Acquire"/>; <see cref="ServingErrorCode.ModelNotFound"/> for an unknown pair; <see cref="ServingErrorCode.InvalidRequest"/>
    /// for languages that the named model does not translate.
    /// </exception>
    internal ModelLease<ServedTranslator> Acquire(TranslationRequest request)
    {
        var saysNothing = request.Source is null && request.Target is null;
        var name = request.Model ?? (saysNothing ? null : Choose(request.Source, request.Target));
        var lease = registry.Acquire<ServedTranslator>(TranslationTask.TaskName, name, request.Version);
        var (model, directions) = (lease.Model.Manifest.Name, lease.Model.Directions);
        if (directions.Find(request.Source, request.Target) is not null || (saysNothing && directions.IsNone))
            return lease;
        lease.Dispose();
        throw Refusal(request, model, directions);
    }

    private static ServingException Refusal(TranslationRequest request, string model, TranslationLanguages directions)
    {
        if (directions.IsNone)
        {
            return Refuse(
                request.Source is null ? "target" : "source",
                $"model \"{model}\" is not known to translate; leave \"source\" and \"target\" out, or say in its model.json what it translates");
        }

        if (directions.Tokens.Count > 0)
        {
            var field = directions.Find(request.Source, null) is null && directions.Find(null, request.Target) is not null ? "source" : "target";
            return Refuse(field, $"model \"{model}\" translates between {Names([.. directions.Tokens.Keys])}; name two of them as \"source\" and \"target\"");
        }

        var pair = directions.Default!;
        return Refuse(
            request.Source is { } source && !source.Equals(pair.Source, StringComparison.OrdinalIgnoreCase) ? "source" : "target",
            $"model \"{model}\" translates {pair.Source} → {pair.Target}; name another model, or leave \"model\" out");
    }

    private static ServingException Refuse(string field, string message) => ServingException.ForField(ServingErrorCode.InvalidRequest, field, message);

    // Of several models of a pair: the task's default, else one that is ready, else the first by name.
    private string Choose(string? source, string? target)
    {
        var best = Translators().Where(model => DirectionsOf(model).Find(source, target) is not null)
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
            : $"there are {Names([.. pairs.Select(pair => $"{pair.Source} → {pair.Target}")])}";
        return new ServingException(ServingErrorCode.ModelNotFound, $"No model translates {Shorten(source)} → {Shorten(target)}; {known}.");
    }

    private static string Names(IReadOnlyList<string> names) =>
        string.Join(", ", names.Take(MostNamed)) + (names.Count > MostNamed ? $" and {names.Count - MostNamed} more" : "");

    private IEnumerable<ModelDescription> Translators() => registry.List().Where(model => model.Manifest?.Section is TranslationSection);

    private static TranslationLanguages DirectionsOf(ModelDescription translator) => ((TranslationSection)translator.Manifest!.Section).Directions;

    private static string Shorten(string? code) => code is null ? "any language" : code.Length <= 16 ? $"\"{code}\"" : $"\"{code[..16]}…\"";
}
