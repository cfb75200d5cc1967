using Microsoft.ML.OnnxRuntime;
using SeqServe.Core.Backends;
using SeqServe.Onnx.Sessions;

namespace SeqServe.Onnx.Decoding;

/// <summary>
/// Rows of an encoder-decoder that another framework exported. Its decoder tells a row's position by the length of the past, so that rows which began together
/// walk together and leave one by one, and those that begin later are a group of their own.
/// </summary>
/// <param name="encoder">The encoder.</param>
/// <param name="decoder">The decoder.</param>
/// <param name="runsAlone">Whether no rows share a run.</param>
internal sealed class ExportedTranslatorRows(ExportedEncoder encoder, ExportedDecoder decoder, bool runsAlone)
    : GroupedRows(decoder.NewGroup, decoder.VocabularySize, runsAlone ? RowSharing.None : RowSharing.EqualLengths), ITranslatorRows
{
    private readonly RunOptions _options = SessionLease.NewOptions();
    private readonly Binding _inputs = new();
    private readonly Binding _outputs = new();
    private readonly Dictionary<(ExportedPass Pass, string Part), NumberInput> _numbers = [];
    private readonly LogitsBuffer _logits = new(decoder.VocabularySize);

    private int HiddenSource => decoder.SourceCaches.Length;

    /// <inheritdoc/>
    public void Encode(PaddedBatch sources)
    {
        using var options = SessionLease.NewOptions();
        var first = Count;
        try
        {
            if (!runsAlone)
                encoder.Run(sources, options, bytes => Take(bytes, sources));
            else
                EncodeEach(sources, options);
        }
        catch
        {
            while (Count > first)
                RemoveAt(Count - 1);
            throw;
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        _options.Dispose();
        _logits.Dispose();
        foreach (var input in _numbers.Values)
            input.Dispose();
    }

    /// <inheritdoc/>
    protected override void Read(ExportedGroup group, RowInputs tokens, LogitsTaker take)
    {
        var isFirst = group.Columns == 0;
        var pass = isFirst ? decoder.First : decoder.Next;
        try
        {
            foreach (var part in pass.Inputs)
                BindPart(pass, part, group, tokens);
            BindCaches(pass, group, isFirst);
            BindLogits(pass, group.Rows.Count);
            Run(pass);
        }
        finally
        {
            _inputs.Clear();
            _outputs.Clear();
        }

        if (isFirst)
        {
            for (var i = 0; i < decoder.SourceCaches.Length; i++)
                group.Sources[i].Swap();
        }

        Span<long> ones = stackalloc long[group.Rows.Count];
        ones.Fill(1);
        group.Take(ones, 1);
        foreach (var row in group.Rows)
            take(row, _logits.At(row.Index));
    }

    private void EncodeEach(PaddedBatch sources, RunOptions options)
    {
        for (var i = 0; i < sources.Rows; i++)
        {
            int[] ids = [.. sources.Ids.Slice(i * sources.Time, (int)sources.Lengths.Span[i]).ToArray().Select(static id => (int)id)];
            using var source = PaddedBatch.Of(1, ids, static (ids, _) => ids, padId: 0);
            encoder.Run(source, options, bytes => Take(bytes, source));
        }
    }

    private void Take(ReadOnlySpan<byte> hidden, PaddedBatch sources)
    {
        var each = decoder.Hidden.ColumnBytes;
        for (var i = 0; i < sources.Rows; i++)
        {
            var row = new ExportedRow { SourceLength = (int)sources.Lengths.Span[i] };
            Add(row);
            var target = row.Group.Sources[HiddenSource].Past[(row.Index * row.Group.SourceColumns * each)..];
            hidden.Slice(i * sources.Time * each, row.SourceLength * each).CopyTo(target);
        }
    }

    private void BindPart(ExportedPass pass, GraphPart part, ExportedGroup group, RowInputs tokens)
    {
        var (rows, columns) = (group.Rows.Count, group.SourceColumns);
        if (part.Part == TranslatorContract.Hidden)
        {
            var buffers = group.Sources[HiddenSource];
            _inputs.Add(part.Name, decoder.Hidden.Type, buffers.Past, buffers.Bytes(rows, columns), [rows, columns, decoder.Hidden.Size]);
            return;
        }

        var (type, rank) = pass.Of(part);
        if (!_numbers.TryGetValue((pass, part.Part), out var input))
            input = _numbers[(pass, part.Part)] = new NumberInput(part.Name, type);
        switch (part.Part)
        {
            case TranslatorContract.Tokens:
                foreach (var row in group.Rows)
                    input.Numbers(rows)[row.Index] = tokens.Ids(row, 0, 1)[0];
                input.Bind(_inputs, rows, rank == 1 ? [rows] : [rows, 1]);
                break;
            case TranslatorContract.SourceLengths:
                foreach (var row in group.Rows)
                    input.Numbers(rows)[row.Index] = row.SourceLength;
                input.Bind(_inputs, rows, rows);
                break;
            case TranslatorContract.SourceMask:
                foreach (var row in group.Rows)
                {
                    var mask = input.Numbers(rows * columns).Slice(row.Index * columns, columns);
                    mask[..row.SourceLength].Fill(1);
                    mask[row.SourceLength..].Clear();
                }

                input.Bind(_inputs, rows * columns, rows, columns);
                break;
            case TranslatorContract.UsePast:
                input.Numbers(1)[0] = group.Columns > 0 ? 1 : 0;
                input.Bind(_inputs, 1, 1);
                break;
            default:
                throw new BackendException($"Nothing is known that could go into input {part.Name} of a decoder.");
        }
    }

    private void BindCaches(ExportedPass pass, ExportedGroup group, bool isFirst)
    {
        var (rows, past, columns) = (group.Rows.Count, group.Columns, group.SourceColumns);
        for (var i = 0; i < decoder.Caches.Length; i++)
        {
            var (cache, buffers) = (decoder.Caches[i], group.Caches[i]);
            if (pass.TakesPast)
                Add(_inputs, cache.Input, cache, buffers.Past, rows, past);
            Add(_outputs, cache.Output, cache, buffers.Next(rows, past + 1), rows, past + 1);
        }

        for (var i = 0; i < decoder.SourceCaches.Length; i++)
        {
            var (cache, buffers) = (decoder.SourceCaches[i], group.Sources[i]);
            // The branch of the first step takes no past, and ignores what it is given of one.
            if (pass.TakesPast)
                Add(_inputs, cache.Input, cache, buffers.Past, rows, isFirst ? 0 : columns);
            if (isFirst)
                Add(_outputs, cache.Output, cache, buffers.Next(rows, columns), rows, columns);
        }
    }

    private static void Add(Binding side, string name, ExportedCache cache, Span<byte> memory, int rows, int columns) =>
        side.Add(name, cache.Type, memory, (long)rows * cache.Heads * columns * cache.ColumnBytes, [rows, cache.Heads, columns, cache.Size]);

    private void BindLogits(ExportedPass pass, int rows) => _logits.Bind(
        _outputs, pass.Logits, pass.LogitsType, pass.LogitsRank == 3 ? [rows, 1, pass.VocabularySize] : [rows, pass.VocabularySize]);

    private void Run(ExportedPass pass)
    {
        using var lease = pass.Graph.Pool.Rent();
        try
        {
            using var ending = SessionLease.EndWithRun(_options);
            lease.Session.Run(_options, _inputs.Names, _inputs.Values, _outputs.Names, _outputs.Values);
        }
        catch (OnnxRuntimeException e)
        {
            throw new BackendException($"A run of {pass.Graph.File} failed: {e.Message}", e);
        }
    }
}
