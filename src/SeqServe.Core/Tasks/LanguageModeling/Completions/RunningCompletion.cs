using System.Threading.Channels;
using SeqServe.Core.Errors;

namespace SeqServe.Core.Tasks.LanguageModeling.Completions;

/// <summary>The answers to one request while they are made. Dispose it when it has been read, or to give the request up.</summary>
public sealed class RunningCompletion : IDisposable
{
    private readonly ServedDecoder _model;
    private readonly IDisposable? _lease;
    private readonly ChannelReader<CompletionPiece> _pieces;
    private readonly CompletionSequence[] _sequences;

    internal RunningCompletion(
        ServedDecoder model, IDisposable? lease, ChannelReader<CompletionPiece> pieces, CompletionSequence[] sequences, int inputTokens)
    {
        _model = model;
        _lease = lease;
        _pieces = pieces;
        _sequences = sequences;
        Model = model.Manifest.Name;
        Version = model.Version;
        InputTokens = inputTokens;
    }

    /// <summary>The model that answers.</summary>
    public string Model { get; }

    /// <summary>Its version.</summary>
    public int Version { get; }

    /// <summary>Tokens of all prompts.</summary>
    public int InputTokens { get; }

    /// <summary>Tokens of all answers so far.</summary>
    public int OutputTokens => _sequences.Sum(s => s.Tokens);

    /// <summary>The pieces in the order in which they are made, once.</summary>
    /// <param name="cancellation">Ends the wait for the next piece.</param>
    /// <exception cref="ServingException">A prompt failed, or the deadline has passed; then the others end too.</exception>
    /// <exception cref="OperationCanceledException">The caller has left.</exception>
    public IAsyncEnumerable<CompletionPiece> ReadAsync(CancellationToken cancellation = default) => _pieces.ReadAllAsync(cancellation);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var sequence in _sequences)
            _model.Batcher.Cancel(sequence, new OperationCanceledException());
        _lease?.Dispose();
    }
}
