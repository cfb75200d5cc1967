using System.Runtime.CompilerServices;
using SeqServe.Core.Errors;
using SeqServe.Core.Tasks.LanguageModeling.Relaying;

namespace SeqServe.Core.Tasks.LanguageModeling.Completions;

/// <summary>The answers to one request while they are made. Dispose it when it has been read, or to let the request go.</summary>
public sealed class RunningCompletion : IDisposable
{
    private readonly ServedLanguageModel _model;
    private readonly IDisposable? _lease;
    private readonly RelayedItems<CompletionPiece> _pieces;
    private readonly CompletionSequence[] _sequences;

    internal RunningCompletion(
        ServedLanguageModel model, IDisposable? lease, RelayedItems<CompletionPiece> pieces, CompletionSequence[] sequences, int inputTokens)
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
    /// <exception cref="ServingException">A prompt failed, or the deadline has passed; then the others end too.</exception>
    /// <exception cref="OperationCanceledException">The caller has gone.</exception>
    public async IAsyncEnumerable<CompletionPiece> ReadAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        using var gone = cancellation.UnsafeRegister(static (pieces, token) => ((RelayedItems<CompletionPiece>)pieces!).End(new OperationCanceledException(token)), _pieces);
        while (await _pieces.WaitAsync().ConfigureAwait(false))
        {
            while (_pieces.TryTake(out var piece))
                yield return piece;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var sequence in _sequences)
            _model.Batcher.Depart(sequence, new OperationCanceledException());
        _lease?.Dispose();
    }
}
