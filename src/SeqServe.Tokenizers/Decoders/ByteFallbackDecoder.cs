using System.Globalization;
using System.Text.Unicode;

namespace SeqServe.Tokenizers.Decoders;

/// <summary>Tokens such as &lt;0x41&gt; are bytes of UTF-8; a run of them that is no UTF-8 becomes one U+FFFD for each ("ByteFallback").</summary>
internal sealed class ByteFallbackDecoder : Decoder
{
    private const int TokenLength = 6;

    /// <inheritdoc/>
    public override DecoderStage Start(DecoderStage next, bool fused) => new Stage(fused, next);

    private static int ByteOf(string token)
    {
        if (token.Length != TokenLength || !token.StartsWith("<0x", StringComparison.Ordinal) || token[^1] != '>')
            return -1;
        // Rust reads a sign too.
        var digits = token.AsSpan(3, 2);
        if (digits[0] == '+')
            digits = digits[1..];
        return int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) ? value : -1;
    }

    private sealed class Stage(bool fused, DecoderStage next) : DecoderStage
    {
        private readonly List<byte> _bytes = [];
        private string? _whole;

        public override void Push(string token)
        {
            if (fused)
                _whole += token;
            else
                Take(token);
        }

        public override void Finish()
        {
            if (_whole is not null)
                Take(_whole);
            Flush();
            next.Finish();
        }

        private void Take(string token)
        {
            var value = ByteOf(token);
            if (value >= 0)
            {
                _bytes.Add((byte)value);
                return;
            }

            Flush();
            next.Push(token);
        }

        private void Flush()
        {
            if (_bytes.Count == 0)
                return;
            byte[] bytes = [.. _bytes];
            if (Utf8.IsValid(bytes))
            {
                next.Push(System.Text.Encoding.UTF8.GetString(bytes));
            }
            else
            {
                foreach (var _ in bytes)
                    next.Push("\uFFFD");
            }

            _bytes.Clear();
        }
    }
}
