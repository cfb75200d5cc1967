using System.Diagnostics;
using SeqServe.Core.Decoding;
using SeqServe.Core.Tasks.LanguageModeling.States;

namespace SeqServe.Core.Tasks.LanguageModeling.NextToken;

/// <summary>A text that is read to its end and goes no further.</summary>
/// <param name="ids">Its token ids.</param>
/// <param name="request">What is wanted of it.</param>
/// <param name="begin">What was read before it, or null.</param>
/// <param name="traceContext">The request's span.</param>
internal sealed class NextTokenSequence(int[] ids, PredictionRequest request, PortableState? begin, ActivityContext traceContext)
    : ActiveSequence(ids, 1, traceContext)
{
    /// <inheritdoc/>
    public override ReadOnlySpan<float> BeginState => begin is null ? default : begin.Values;

    /// <summary>The best tokens, once the sequence is completed.</summary>
    public TokenCandidate[] Candidates { get; private set; } = [];

    /// <summary>Entropy of the distribution, in nats.</summary>
    public double Entropy { get; private set; }

    /// <summary>The state behind the text, when asked for.</summary>
    public PortableState? State { get; private set; }

    /// <inheritdoc/>
    public override void Advance(StepOutputs outputs, NextRows following)
    {
        var logits = outputs.Logits(0);
        var distribution = new NextTokenDistribution(logits, request.Temperature);
        Candidates = distribution.Best(Math.Min(request.TopK, logits.Length));
        Entropy = distribution.Entropy;
        if (!request.ReturnState)
            return;
        var values = new float[outputs.StateSize];
        outputs.CopyState(0, values);
        State = new PortableState((begin?.Position ?? 0) + Length, values);
    }
}
