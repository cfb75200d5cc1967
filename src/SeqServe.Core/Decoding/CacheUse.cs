using SeqServe.Core.Backends;

namespace SeqServe.Core.Decoding;

/// <summary>The memory that the rows of a model take, and what there is of it.</summary>
/// <param name="Cost">What a row takes.</param>
/// <param name="Budget">The bytes of all loops of all models.</param>
internal readonly record struct CacheUse(CacheCost Cost, CacheBudget Budget)
{
    /// <summary>Of rows of a fixed size.</summary>
    public static CacheUse None { get; } = new(CacheCost.None, new CacheBudget(long.MaxValue));

    /// <summary>Whether a sequence alone can ever be taken.</summary>
    public bool CanHold(ActiveSequence sequence) =>
        BytesOf(Cost, sequence) <= Budget.Limit && Cost.Fits(sequence.MaxRows, sequence.Length, sequence.MostSteps);

    /// <summary>What a sequence alone takes.</summary>
    public static long MebibytesOf(CacheCost cost, ActiveSequence sequence) => BytesOf(cost, sequence) >> 20;

    private static long BytesOf(CacheCost cost, ActiveSequence sequence) => cost.Of(sequence.MaxRows, sequence.Length, sequence.MostSteps);
}
