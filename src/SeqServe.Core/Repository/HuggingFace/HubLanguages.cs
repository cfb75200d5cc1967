using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace SeqServe.Core.Repository.HuggingFace;

/// <summary>The languages of a tokenizer of many, by BCP 47: those of NLLB (<c>fra_Latn</c>), of M2M100 (<c>__fr__</c>) and of mBART (<c>fr_XX</c>).</summary>
internal static partial class HubLanguages
{
    // Codes of ISO 639-3, those of the individual languages that NLLB names among them, with the code of two letters that BCP 47 has for them.
    private const string TwoLetters = """
        afr af aka ak als sq amh am arb ar asm as ayr ay azj az bak ba bam bm bel be ben bn bod bo bos bs bul bg cat ca ces cs cym cy dan da deu de
        dzo dz ell el eng en epo eo est et eus eu ewe ee fao fo fij fj fin fi fra fr fuv ff gaz om gla gd gle ga glg gl grn gn guj gu hat ht hau ha
        heb he hin hi hrv hr hun hu hye hy ibo ig ind id isl is ita it jav jv jpn ja kan kn kas ks kat ka kaz kk khk mn khm km kik ki kin rw kir ky
        kmr ku knc kr kon kg kor ko lao lo lim li lin ln lit lt ltz lb lug lg lvs lv mal ml mar mr mkd mk mlt mt mri mi mya my nld nl nno nn nob nb
        npi ne nya ny oci oc ory or pan pa pbt ps pes fa plt mg pol pl por pt quy qu ron ro run rn rus ru sag sg san sa sin si slk sk slv sl smo sm
        sna sn snd sd som so sot st spa es srd sc srp sr ssw ss sun su swe sv swh sw tam ta tat tt tel te tgk tg tgl tl tha th tir ti tsn tn tso ts
        tuk tk tur tr twi tw uig ug ukr uk urd ur uzn uz vie vi wol wo xho xh ydd yi yor yo zho zh zsm ms zul zu
        """;

    private static readonly Dictionary<string, string> s_twoLetters = TwoLetters.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
        .Chunk(2).ToDictionary(static pair => pair[0], static pair => pair[1], StringComparer.Ordinal);

    /// <summary>Adds them to a manifest; nothing where the tokenizer has none.</summary>
    /// <param name="manifest">The manifest.</param>
    /// <param name="tokenizer">The tokenizer's configuration.</param>
    public static void Add(JsonObject manifest, HubJson tokenizer)
    {
        var added = tokenizer.Object("added_tokens_decoder") is { } decoder
            ? decoder.Entries().Select(entry => decoder.Object(entry.Name)?.Text("content")).OfType<string>()
            : [];
        var tokens = tokenizer.Texts("additional_special_tokens").Concat(added).Distinct()
            .Select(static token => (Token: token, Match: TokenPattern().Match(token))).Where(static found => found.Match.Success).ToList();
        // One such token alone may be anything.
        if (tokens.Count < 2)
            return;
        var scripts = tokens.ToLookup(static found => Language(found.Match), static found => found.Match.Groups["script"].Value);
        var codes = new JsonObject();
        foreach (var (token, match) in tokens)
        {
            var (language, script) = (Language(match), match.Groups["script"].Value);
            var code = script.Length > 0 && scripts[language].Distinct().Skip(1).Any() ? $"{language}-{script.ToLowerInvariant()}" : language;
            codes.TryAdd(code, token);
        }

        manifest["language_tokens"] = codes;
        string? Code(string key) => tokenizer.Text(key) is { } token ? codes.FirstOrDefault(code => (string?)code.Value == token).Key : null;
        if (Code("src_lang") is { } source && Code("tgt_lang") is { } target)
            manifest["languages"] = new JsonObject { ["source"] = source, ["target"] = target };
    }

    private static string Language(Match match)
    {
        var language = match.Groups["language"].Value;
        return s_twoLetters.GetValueOrDefault(language, language);
    }

    [GeneratedRegex(@"\A(?:(?<language>[a-z]{3})_(?<script>[A-Z][a-z]{3})|__(?<language>[a-z]{2,3})__|(?<language>[a-z]{2})_[A-Z]{2})\z")]
    private static partial Regex TokenPattern();
}
