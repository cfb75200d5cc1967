namespace SeqServe.Tokenizers.PostProcessors;

/// <summary>What becomes of a text, or of a text and its pair, with or without special tokens: worked out once.</summary>
internal sealed class PostProcessing
{
    private readonly TokenPart[]?[] _plans = new TokenPart[4][];
    private readonly InvalidDataException?[] _errors = new InvalidDataException?[4];

    /// <summary>Works it out.</summary>
    /// <param name="processor">The post-processor, or null.</param>
    public PostProcessing(PostProcessor? processor)
    {
        for (var i = 0; i < _plans.Length; i++)
        {
            var groups = new List<TokenGroup> { new([new TokenPart(0, 0, 0)]) };
            if (IsPair(i))
                groups.Add(new TokenGroup([new TokenPart(1, 0, 1)]));
            try
            {
                groups = processor?.Process(groups, HasSpecial(i)) ?? groups;
                _plans[i] = [.. groups.SelectMany(g => g.Parts)];
            }
            catch (InvalidDataException e)
            {
                _errors[i] = e;
            }
        }

        // A tokenizer whose pairs cannot be processed serves texts alone.
        if (_errors[Index(false, true)] is { } error)
            throw error;
    }

    /// <summary>Whether any plan trims offsets.</summary>
    public bool Trims => _plans.Any(p => p?.Any(part => part.Trims.Length > 0) ?? false);

    /// <summary>The parts in order.</summary>
    /// <exception cref="InvalidDataException">The file's post-processor has no answer.</exception>
    public TokenPart[] Plan(bool pair, bool addSpecialTokens) => _plans[Index(pair, addSpecialTokens)]
        ?? throw new InvalidDataException(_errors[Index(pair, addSpecialTokens)]!.Message);

    /// <summary>Number of special tokens.</summary>
    public int CountSpecial(bool pair) => Plan(pair, true).Count(p => p.Sequence < 0);

    private static int Index(bool pair, bool special) => (pair ? 2 : 0) + (special ? 1 : 0);

    private static bool IsPair(int index) => index >= 2;

    private static bool HasSpecial(int index) => (index & 1) != 0;
}
