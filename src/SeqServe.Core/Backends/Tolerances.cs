namespace SeqServe.Core.Backends;

/// <summary>Most that a row's numbers may differ between two batches for the row still to count as computed by itself.</summary>
public static class Tolerances
{
    /// <summary>
    /// In single precision: kernels add in another order for another batch, which moves a logit by some 1e-6; a missing mask moves it by 1e-2 and more.
    /// </summary>
    public const float Full = 1e-4f;

    /// <summary>In TF32, whose ten bits of mantissa move a logit by up to some 5e-3.</summary>
    public const float Tf32 = 2e-2f;
}
