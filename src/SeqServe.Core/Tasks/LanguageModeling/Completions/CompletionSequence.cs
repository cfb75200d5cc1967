using System.Diagnostics;
using SeqServe.Core.Decoding;

namespace SeqServe.Core.Tasks.LanguageModeling.Completions;

/// <summary>One prompt and all of its answers.</summary>
internal abstract class CompletionSequence : ActiveSequence
{
    private int _tokens;

    /// <param name="input">What is read first.</param>
    /// <param name="maxRows">Most rows it has at once.</param>
    /// <param name="traceContext">The request's span.</param>
    protected CompletionSequence(int[] input, int maxRows, ActivityContext traceContext)
        : base(input, maxRows, traceContext)
    {
    }

    /// <summary>Tokens of its answers so far, end ids among them.</summary>
    public int Tokens => Volatile.Read(ref _tokens);

    /// <summary>Tokens were added to its answers. On the loop's thread.</summary>
    protected void Count(int tokens) => Volatile.Write(ref _tokens, _tokens + tokens);
}
