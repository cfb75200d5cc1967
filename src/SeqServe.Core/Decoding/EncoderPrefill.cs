using SeqServe.Core.Backends;

namespace SeqServe.Core.Decoding;

/// <summary>Encodes the sources of an encoder-decoder model. A source is encoded whole.</summary>
/// <param name="rows">The rows of the loop; owned by this object.</param>
/// <param name="beginId">The token that every first step reads.</param>
/// <param name="padId">The id that fills the tail of shorter sources.</param>
internal sealed class EncoderPrefill(ITranslatorRows rows, int beginId, int padId) : Prefill
{
    private readonly List<ActiveSequence> _reading = [];
    private readonly List<SlotSequence> _encoded = [];

    public override IDecoderRows Rows => rows;

    public override IReadOnlyList<ActiveSequence> Reading => _reading;

    public override bool ReadsPieces => false;

    public override void Add(List<ActiveSequence> sequences) => _reading.AddRange(sequences);

    public override void RemoveFinished() => _reading.RemoveAll(static s => s.Completion.IsCompleted);

    public override void Clear() => _reading.Clear();

    public override IReadOnlyList<SlotSequence> Run(DecodeRuns runs, SequenceAdvance advance)
    {
        _encoded.Clear();
        // All of them at once: the loop took them within the prefill budget.
        Encode(_reading, runs);
        _reading.Clear();
        return _encoded;
    }

    public override void Dispose() => rows.Dispose();

    private void Encode(List<ActiveSequence> sequences, DecodeRuns runs)
    {
        using var batch = PaddedBatch.Of(sequences.Count, sequences, static (sequences, i) => sequences[i].Input, padId);
        var first = rows.Count;
        if (runs.TryPrefill(sequences, batch, () => rows.Encode(batch)))
        {
            for (var i = 0; i < sequences.Count; i++)
            {
                var encoded = new SlotSequence(sequences[i]);
                encoded.Place(first + i, beginId);
                _encoded.Add(encoded);
            }
        }
        else if (sequences.Count > 1)
        {
            foreach (var sequence in sequences.Where(static s => !s.Completion.IsCompleted))
                Encode([sequence], runs);
        }
    }
}
