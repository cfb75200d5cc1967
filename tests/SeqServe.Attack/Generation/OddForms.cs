using System.Text;

namespace SeqServe.Attack.Generation;

/// <summary>Bodies of forms for the routes of LibreTranslate, damaged: fields, percent signs, parts, boundaries, files.</summary>
internal static class OddForms
{
    private const string Boundary = "attack";

    private static readonly string[] s_fields =
    [
        "q=A+film", "source=en", "target=fr", "q=%zz", "q=%", "q=%ff%fe", "=a", "&&&", "q", "q=a&q=b", "target=zz", "source=auto", "api_key=x",
        "alternatives=-1", "alternatives=99999999999", "format=html", "q[]=a", "%00=%00", "q=\u0000", "q=\u00e9",
    ];

    private static readonly string[] s_heads =
    [
        "Content-Disposition: form-data; name=\"q\"", "Content-Disposition: form-data; name=\"source\"", "Content-Disposition: form-data; name=\"target\"",
        "Content-Disposition: form-data; name=\"q\"; filename=\"a.txt\"", "Content-Disposition: form-data", "Content-Disposition: attachment; name=q", "X: y",
        "Content-Disposition: form-data; name=\"\"", "Content-Type: text/plain; charset=utf-7\r\nContent-Disposition: form-data; name=\"q\"",
        "Content-Transfer-Encoding: base64\r\nContent-Disposition: form-data; name=\"q\"", "no colon", "Content-Disposition: form-data; name*=utf-8''q%",
    ];

    /// <summary>A request of <c>/translate</c> or <c>/detect</c>.</summary>
    public static HttpDraft Make(Dice dice)
    {
        var target = dice.Pick("/translate", "/detect");
        var draft = dice.Chance(50)
            ? HttpDraft.Post(target, "application/x-www-form-urlencoded", UrlEncoded(dice))
            : HttpDraft.Post(target, Type(dice), Multipart(dice));
        if (dice.Chance(20))
            draft.Body = OddBytes.Damage(draft.Body, dice);
        return draft;
    }

    private static byte[] UrlEncoded(Dice dice)
    {
        if (dice.Chance(10))
            return Encoding.UTF8.GetBytes(string.Join('&', Enumerable.Range(0, dice.Size(5000)).Select(i => $"f{i}=v")));
        if (dice.Chance(10))
            return Encoding.UTF8.GetBytes($"{new string('k', dice.Size(20_000))}=1&source=en&target=fr&q={new string('q', dice.Size(20_000))}");
        return Encoding.UTF8.GetBytes(string.Join('&', Enumerable.Range(0, dice.Between(1, 6)).Select(_ => dice.Pick(s_fields))));
    }

    private static string Type(Dice dice) => dice.Chance(80) ? $"multipart/form-data; boundary={Boundary}" : dice.Pick(
        "multipart/form-data", "multipart/form-data; boundary=", "multipart/mixed; boundary=attack", $"multipart/form-data; boundary={new string('b', 300)}");

    private static byte[] Multipart(Dice dice)
    {
        var text = new StringBuilder();
        for (var parts = dice.Chance(5) ? dice.Size(3000) : dice.Between(1, 4); parts > 0; parts--)
        {
            text.Append("--").Append(dice.Chance(90) ? Boundary : "other").Append(dice.Chance(95) ? "\r\n" : "\n").Append(dice.Pick(s_heads)).Append("\r\n");
            if (dice.Chance(90))
                text.Append("\r\n");
            text.Append(dice.Chance(95) ? dice.Pick("en", "fr", "A film", "") : new string('x', dice.Size(100_000)));
            if (dice.Chance(90))
                text.Append("\r\n");
        }

        if (dice.Chance(70))
            text.Append("--").Append(Boundary).Append("--").Append(dice.Pick("\r\n", "", "trailing"));
        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
