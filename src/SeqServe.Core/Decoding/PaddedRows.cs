using SeqServe.Core.Backends;

namespace SeqServe.Core.Decoding;

/// <summary>Makes padded batches of sequences' inputs.</summary>
internal static class PaddedRows
{
    /// <summary>The whole inputs; the caller disposes the batch.</summary>
    public static PaddedBatch Of(List<ActiveSequence> sequences, int padId)
    {
        var longest = 0;
        foreach (var sequence in sequences)
            longest = Math.Max(longest, sequence.Length);
        var batch = new PaddedBatch(sequences.Count, longest, padId);
        for (var i = 0; i < sequences.Count; i++)
            batch.SetRow(i, sequences[i].Input);
        return batch;
    }
}
