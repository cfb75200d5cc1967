using SeqServe.Tokenizers.PreTokenizers;

namespace SeqServe.Tokenizers.Decoders;

/// <summary>Bytes for the characters of GPT-2's alphabet; a token with any other character stands for itself ("ByteLevel").</summary>
internal sealed class ByteLevelDecoder : Decoder
{
    /// <inheritdoc/>
    public override bool Fuses => true;

    /// <inheritdoc/>
    public override DecoderStage Start(DecoderStage next, bool fused) => new Stage(fused, next);

    private sealed class Stage(bool fused, DecoderStage next) : DecoderStage
    {
        private readonly System.Text.Decoder _utf8 = System.Text.Encoding.UTF8.GetDecoder();
        private byte[] _bytes = new byte[64];
        private char[] _chars = new char[64];
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
            Write([], flush: true);
            next.Finish();
        }

        private void Take(string token)
        {
            if (_bytes.Length < token.Length)
                _bytes = new byte[token.Length * 2];
            for (var i = 0; i < token.Length; i++)
            {
                var value = ByteAlphabet.ByteOf(token[i]);
                if (value < 0)
                {
                    Write(System.Text.Encoding.UTF8.GetBytes(token), flush: false);
                    return;
                }

                _bytes[i] = (byte)value;
            }

            Write(_bytes.AsSpan(0, token.Length), flush: false);
        }

        private void Write(ReadOnlySpan<byte> bytes, bool flush)
        {
            if (_chars.Length < bytes.Length + 4)
                _chars = new char[(bytes.Length + 4) * 2];
            var count = _utf8.GetChars(bytes, _chars, flush);
            if (count > 0)
                next.Push(new string(_chars, 0, count));
        }
    }
}
