namespace SeqServe.Core.Decoding.Generation;

/// <summary>
/// How <c>generate</c> of Hugging Face transformers 4.57 searches an encoder-decoder's answer, without drawing. Lengths count the decoder's start, as there.
/// </summary>
public sealed record GenerationSettings
{
    // Of transformers; a model that has no other may add as many tokens to its start.
    private const int DefaultMaxLength = 20;

    /// <summary><c>decoder_start_token_id</c>: what the decoder reads first; part of the context, not of the answer.</summary>
    public required int DecoderStartId { get; init; }

    /// <summary><c>eos_token_id</c>: each of these ends a sequence; none where only the length does.</summary>
    public IReadOnlyList<int> EndIds { get; init; } = [];

    /// <summary><c>pad_token_id</c>: fills rows behind their end; no search chooses it on purpose.</summary>
    public int? PadId { get; init; }

    /// <summary><c>num_beams</c>: 1 is the greedy search.</summary>
    public int NumBeams { get; init; } = 1;

    /// <summary><c>length_penalty</c>: the power of the generated length, the end counted, that a beam's log-probability is divided by.</summary>
    public double LengthPenalty { get; init; } = 1;

    /// <summary><c>early_stopping</c>: when beams are over.</summary>
    public EarlyStopping EarlyStopping { get; init; }

    /// <summary><c>no_repeat_ngram_size</c>: no sequence of so many tokens comes twice; 0 allows all.</summary>
    public int NoRepeatNgramSize { get; init; }

    /// <summary><c>repetition_penalty</c>: above 0; above 1 makes tokens of the context less probable, 1 changes nothing.</summary>
    public double RepetitionPenalty { get; init; } = 1;

    /// <summary><c>bad_words_ids</c>: sequences that must not come, none of them empty.</summary>
    public IReadOnlyList<int[]> BadWords { get; init; } = [];

    /// <summary><c>forced_bos_token_id</c>: the first token of every answer, such as its language.</summary>
    public int? ForcedBegin { get; init; }

    /// <summary><c>forced_eos_token_id</c>: one of these is the last token of an answer that reaches its most tokens.</summary>
    public IReadOnlyList<int> ForcedEnd { get; init; } = [];

    /// <summary><c>min_length</c>: no end id before so many tokens.</summary>
    public int MinLength { get; init; }

    /// <summary><c>min_new_tokens</c>: as <see cref="MinLength"/>, without the decoder's start; it goes before it.</summary>
    public int? MinNewTokens { get; init; }

    /// <summary><c>max_length</c>: most tokens. 20 is the default of transformers, which takes it for new tokens.</summary>
    public int MaxLength { get; init; } = DefaultMaxLength;

    /// <summary><c>max_new_tokens</c>: most tokens without the decoder's start, the end counted; it goes before <see cref="MaxLength"/>.</summary>
    public int? MaxNewTokens { get; init; }

    /// <summary><c>suppress_tokens</c>: ids that never come; those outside of the vocabulary say nothing.</summary>
    public IReadOnlyList<int> SuppressTokens { get; init; } = [];

    /// <summary><c>begin_suppress_tokens</c>: ids that do not come first, or next to <see cref="ForcedBegin"/>.</summary>
    public IReadOnlyList<int> BeginSuppressTokens { get; init; } = [];

    /// <summary>Most tokens of a sequence, the decoder's start and the end counted.</summary>
    public int LengthLimit => MaxNewTokens is { } tokens ? tokens + 1 : MaxLength == DefaultMaxLength ? MaxLength + 1 : MaxLength;

    /// <summary>Tokens before which no end id comes, the decoder's start counted.</summary>
    public int LeastLength => MinNewTokens is { } tokens ? tokens + 1 : MinLength;

    /// <summary>The search that these settings ask for, at its beginning. It has at most <see cref="NumBeams"/> rows.</summary>
    /// <param name="chosen">
    /// For a greedy search: called with each token and its log-probability as soon as it is chosen, but not with an end id; or null.
    /// </param>
    /// <exception cref="ArgumentException">A setting is out of its range.</exception>
    public ISearch NewSearch(Action<int, double>? chosen = null) =>
        NumBeams == 1 ? new GenerationGreedySearch(this, chosen) : new GenerationBeamSearch(this);
}

/// <summary>When a beam search is over, before its most tokens.</summary>
public enum EarlyStopping
{
    /// <summary><c>false</c>: when the best running beam, at its present length, is no better than the worst of as many finished ones as beams.</summary>
    WhenUnlikelyBetter,

    /// <summary><c>true</c>: as soon as there are as many finished beams as beams.</summary>
    WhenFull,

    /// <summary><c>"never"</c>: as <c>false</c>, but with the length that favours the running beam most.</summary>
    WhenNeverBetter,
}
