using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace SeqServe.Core.Decoding.Generation;

/// <summary>What generation settings forbid and force in one answer of one row. One thread at a time.</summary>
/// <param name="settings">The settings; beams do not count.</param>
internal sealed class AnswerRules(GenerationSettings settings)
{
    private readonly LogitsProcessors _processors = new(settings);
    private readonly List<int> _context = [settings.DecoderStartId];

    /// <summary>Whether they forbid and force nothing.</summary>
    public bool IsEmpty => _processors.IsEmpty;

    /// <summary>The tokens of the answer so far.</summary>
    public ReadOnlySpan<int> Tokens => CollectionsMarshal.AsSpan(_context)[1..];

    /// <summary>Whether the answer is as long as the settings allow.</summary>
    public bool IsFull => _context.Count >= settings.LengthLimit;

    /// <summary>Applies them to the logits of the next token.</summary>
    /// <param name="logits">Logits <c>[V]</c>; left as they are.</param>
    /// <param name="scores">Receives them with negative infinity for what is forbidden, <c>[V]</c>.</param>
    /// <returns>Whether any token is allowed.</returns>
    /// <exception cref="ArithmeticException">A logit is NaN or all are infinite.</exception>
    public bool TryApply(ReadOnlySpan<float> logits, Span<float> scores)
    {
        LogitsMath.ThrowIfUnusable(TensorPrimitives.Max(logits));
        logits.CopyTo(scores);
        _processors.Process(CollectionsMarshal.AsSpan(_context), scores);
        return scores.ContainsAnyExcept(float.NegativeInfinity);
    }

    /// <summary>A token was chosen.</summary>
    public void Add(int token) => _context.Add(token);
}

/// <summary>A beam search that a model asks for.</summary>
/// <param name="Search">The search, at its beginning.</param>
/// <param name="Beams">Most rows that it has at once.</param>
internal readonly record struct BeamPlan(ISearch Search, int Beams);
