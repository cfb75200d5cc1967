using SeqServe.Core.Tokenization;

namespace SeqServe.Core.Tasks.LanguageModeling.Completions;

/// <summary>One prompt on its way.</summary>
internal sealed class CompletionPrompt
{
    private readonly int[] _ids;
    private readonly IDetokenizer _decoder;
    private readonly List<CompletedToken> _tokens = [];
    private int _decoded;

    public CompletionPrompt(Prompt prompt, int[] ids, ITextTokenizer tokenizer)
    {
        _ids = ids;
        _decoder = tokenizer.NewDetokenizer();
        Text = prompt.Text ?? tokenizer.Decode(ids);
    }

    /// <summary>The text, as it was sent.</summary>
    public string Text { get; }

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
