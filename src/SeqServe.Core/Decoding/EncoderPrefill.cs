using SeqServe.Core.Backends;

namespace SeqServe.Core.Decoding;

/// <summary>Encodes the sources of an encoder-decoder model. A source is encoded whole.</summary>
/// <param name="rows">The lane's rows.</param>
/// <param name="beginId">The token that every first step reads.</param>
/// <param name="padId">The id that fills the tail of shorter sources.</param>
internal sealed class EncoderPrefill(ITranslatorRows rows, int beginId, int padId) : Prefill
{
    private readonly List<ActiveSequence> _joined = [];

    public override IReadOnlyList<ActiveSequence> Joined => _joined;

    public override bool ReadsPieces => false;

    public override void Join(List<ActiveSequence> sequences) => _joined.AddRange(sequences);

    public override void Drop() => _joined.RemoveAll(static s => s.Completion.IsCompleted);

    public override void Run(DecodeLane lane)
    {
        // All that joined in one turn: the batcher took them within this budget.
        Encode(_joined, lane);
        _joined.Clear();
    }

    public override void Dispose()
    {
    }

    private void Encode(List<ActiveSequence> sequences, DecodeLane lane)
    {
        using var batch = PaddedRows.Of(sequences, padId);
        var first = rows.Count;
        if (lane.TryPrefill(sequences, batch, () => rows.Encode(batch)))
        {
            for (var i = 0; i < sequences.Count; i++)
                lane.Enter(sequences[i], first + i, beginId);
        }
        else if (sequences.Count > 1)
        {
            foreach (var sequence in sequences)
                Encode([sequence], lane);
        }
    }
}
