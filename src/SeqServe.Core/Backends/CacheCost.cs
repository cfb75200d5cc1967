namespace SeqServe.Core.Backends;

/// <summary>What a row of a generating model takes of memory that grows with its tokens: keys and values, and what is kept of its source.</summary>
/// <param name="Input">Bytes for each token that it reads first.</param>
/// <param name="Output">Bytes for each token that it writes.</param>
/// <param name="Largest">Bytes of the largest tensor for each token; a tensor of all rows holds less than 2 GiB.</param>
public readonly record struct CacheCost(long Input, long Output, long Largest)
{
    // Room beyond what is needed, so that not every step takes new memory, is at most a quarter.
    private const long LargestTensor = int.MaxValue / 5 * 4;

    /// <summary>Nothing, where a row's memory is of a fixed size.</summary>
    public static CacheCost None { get; }

    /// <summary>Bytes of rows that share a batch.</summary>
    /// <param name="rows">Rows.</param>
    /// <param name="input">Most tokens that one of them reads first.</param>
    /// <param name="output">Most tokens that one of them writes.</param>
    public long Of(long rows, long input, long output) => rows * ((input * Input) + (output * Output));

    /// <summary>Whether their tensors are small enough; parameters as for <see cref="Of"/>.</summary>
    public bool Fits(long rows, long input, long output) => rows * (input + output) * Largest <= LargestTensor;
}
