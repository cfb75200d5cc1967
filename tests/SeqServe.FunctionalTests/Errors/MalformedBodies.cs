using System.Text;

namespace SeqServe.FunctionalTests.Errors;

/// <summary>Makes malformed bodies; the same ones for the same seed.</summary>
internal sealed class MalformedBodies(int seed)
{
    private static readonly string[] s_whole =
    [
        """{"inputs":"This film is a quiet, moving triumph."}""",
        """{"inputs":["good","bad 😀","naïve"],"model":"sentiment-lstm","version":1,"top_k":2,"truncate":true,"explain":false}""",
    ];

    private static readonly string[] s_values =
    [
        "null", "true", "-0", "1e999", "-1e-999", "0.1",
        "123456789012345678901234567890", "\"\"", "\"\\ud800\"", "\"\\udfff\\ud800\"", "\"\\u0000\"", "{}", "[]",
        "[null]", "[[[\"a\"]]]", "{\"a\":{\"b\":[1]}}", "NaN", "Infinity", "0x10", "01", "'a'", "\"\\x\"", "\"\t\"", "[\"good\",3]", "\"../../etc/passwd\"",
    ];

    private static readonly string[] s_fields =
    [
        "inputs", "model", "version", "top_k", "truncate", "explain", "Inputs", "", "\\u0000", "\\ud800", "$", "inputs[0]", "a.b", "__proto__",
    ];

    private readonly Random _random = new(seed);

    public byte[] Next() => _random.Next(9) switch
    {
        0 => Truncated(),
        1 => Flipped(),
        2 => Encoding.UTF8.GetBytes($$"""{"inputs":"good","{{Pick(s_fields)}}":{{Pick(s_values)}}}"""),
        3 => Encoding.UTF8.GetBytes($$"""{"{{Pick(s_fields)}}":{{Pick(s_values)}},"{{Pick(s_fields)}}":{{Pick(s_values)}}}"""),
        4 => Nested(),
        5 => InvalidUtf8(),
        6 => RandomBytes(),
        7 => Encoding.UTF8.GetBytes(Pick(s_values) + Pick(s_whole)),
        _ => Spliced(),
    };

    private byte[] Truncated()
    {
        var whole = Encoding.UTF8.GetBytes(Pick(s_whole));
        return whole[.._random.Next(whole.Length)];
    }

    private byte[] Flipped()
    {
        var body = Encoding.UTF8.GetBytes(Pick(s_whole));
        for (var flips = _random.Next(1, 4); flips > 0; flips--)
            body[_random.Next(body.Length)] ^= (byte)(1 << _random.Next(8));
        return body;
    }

    private byte[] Nested()
    {
        var depth = _random.Next(1, 3_000);
        var (open, close) = _random.Next(2) == 0 ? ("[", "]") : ("{\"inputs\":", "}");
        var body = string.Concat(Enumerable.Repeat(open, depth)) + "\"a\"" + string.Concat(Enumerable.Repeat(close, _random.Next(depth + 1)));
        return Encoding.UTF8.GetBytes(_random.Next(2) == 0 ? body : $$"""{"{{Pick(s_fields)}}":{{body}}}""");
    }

    private byte[] InvalidUtf8()
    {
        var body = Encoding.UTF8.GetBytes(Pick(s_whole)).ToList();
        byte[][] bad = [[0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x82]];
        body.InsertRange(_random.Next(body.Count), bad[_random.Next(bad.Length)]);
        return [.. body];
    }

    private byte[] RandomBytes()
    {
        var body = new byte[_random.Next(200)];
        _random.NextBytes(body);
        return body;
    }

    private byte[] Spliced()
    {
        var body = Encoding.UTF8.GetBytes(Pick(s_whole));
        var (from, to) = (_random.Next(body.Length), _random.Next(body.Length));
        return [.. body[..from], .. body[to..]];
    }

    private string Pick(string[] from) => from[_random.Next(from.Length)];
}
