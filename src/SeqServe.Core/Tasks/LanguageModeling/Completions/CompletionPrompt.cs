using SeqServe.Core.Tokenization;

namespace SeqServe.Core.Tasks.LanguageModeling.Completions;

/// <summary>One prompt on its way.</summary>
internal sealed class CompletionPrompt
{
    private readonly int[] _ids;
    private readonly IDetokenizer _decoder;
    private readonly List<CompletedToken> _tokens = [];
    private int _decoded;

    /// <param name="prompt">The prompt.</param>
    /// <param name="ids">Its token ids.</param>
    /// <param name="maxTokens">Most tokens of an answer to it.</param>
    /// <param name="model">The model that answers.</param>
    public CompletionPrompt(Prompt prompt, int[] ids, int maxTokens, ServedDecoder model)
    {
        _ids = ids;
        MaxTokens = maxTokens;
        _decoder = model.Tokenizer.NewDetokenizer();
        Text = !model.ContinuesPrompts ? "" : prompt.Text ?? model.Tokenizer.Decode(ids);
    }

    /// <summary>The text that answers continue, as it was sent; empty where it is a source.</summary>
    public string Text { get; }

    /// <summary>Most tokens of an answer to it.</summary>
    public int MaxTokens { get; }

    /// <summary>Its token ids.</summary>
    public ReadOnlySpan<int> Ids => _ids;

    /// <summary>What is known of its first tokens.</summary>
    public IReadOnlyList<CompletedToken> Tokens => _tokens;

    /// <summary>Whether all of its tokens are known.</summary>
    public bool IsKnown => _tokens.Count == _ids.Length;

    /// <summary>The first token, which nothing precedes.</summary>
    public void NoteFirst(ITextTokenizer tokenizer) => Note(new CompletedToken(tokenizer.TokenText(_ids[0]), 0, null, null), _ids[0]);

    /// <summary>The next token in its place.</summary>
    public int NoteNext(CompletionPlan plan, ReadOnlySpan<float> logits)
    {
        var id = _ids[_tokens.Count];
        // The text that was sent may be shorter than what the tokens decode to.
        Note(plan.Describe(logits, id, Math.Min(_decoded, Text.Length)), id);
        return id;
    }

    private void Note(CompletedToken token, int id)
    {
        _tokens.Add(token);
        _decoded += _decoder.Append(id).Length;
    }
}
