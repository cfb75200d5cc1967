using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using SeqServe.Core.Decoding;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Registry;
using SeqServe.Core.Tasks.LanguageModeling;
using SeqServe.Core.Tasks.LanguageModeling.Completions;
using SeqServe.Core.Tasks.LanguageModeling.NextToken;
using SeqServe.Core.Tasks.LanguageModeling.Scoring;
using SeqServe.Core.Tasks.LanguageModeling.States;
using SeqServe.Core.Tokenization;
using SeqServe.TestSupport;
using SeqServe.UnitTests.Core.Registry;
using SeqServe.UnitTests.Core.Tokenization;

namespace SeqServe.UnitTests.Core.Tasks.LanguageModeling;

/// <summary>
/// The use cases over a fake language model <c>lm</c> with the shipped tokenizer, one compute thread and a clock that does not advance. Its logits are a
/// function of all that a row has read.
/// </summary>
internal sealed class LanguageModelBench : IDisposable
{
    public const int EndId = 3;
    public const int StateSize = 64;

    private readonly TemporaryRepository _repository = new();

    public LanguageModelBench(Func<FakeDecoder>? model = null, Action<JsonObject>? edit = null, Action<TemporaryRepository>? more = null)
    {
        _repository.AddFakeLanguageModel("lm", json =>
        {
            json["default"] = true;
            edit?.Invoke(json);
        });
        more?.Invoke(_repository);
        Registry = new RegistryBench(_repository);
        var made = new Dictionary<string, FakeDecoder>();
        Registry.Backends.MakeDecoder = file => made[file] = model?.Invoke() ?? new FakeDecoder(Tokenizer.VocabularySize) { StateSize = StateSize };
        Registry.Load();
        Model = made.Single(m => m.Key.Contains("/lm/", StringComparison.Ordinal)).Value;
        Model.Forget();
        States = new StateTokens(StateKey.Of("a key of the tests"));
        Predictor = new NextTokenPredictor(Registry.Registry, States, Time);
        Completer = new TextCompleter(Registry.Registry, Time);
        Scorer = new TextScorer(Registry.Registry, Time);
    }

    public static ITextTokenizer Tokenizer { get; } = ShippedTokenizer.With(begin: 2);

    public RegistryBench Registry { get; }

    public FakeDecoder Model { get; }

    public StateTokens States { get; }

    public NextTokenPredictor Predictor { get; }

    public TextCompleter Completer { get; }

    public TextScorer Scorer { get; }

    public FakeTimeProvider Time => Registry.Time;

    public ServedRequest Observed { get; } = new();

    public static int[] Ids(string text) => Tokenizer.Encode(text, 1000).Ids;

    public static PromptSet Texts(params string[] texts) => new([.. texts.Select(Prompt.OfText)], texts.Length == 1, "prompt");

    /// <summary>A model that says one token after the other, whatever it is asked.</summary>
    public static FakeDecoder Reciting(string prompt, params int[] tokens)
    {
        var start = Ids(prompt).Length;
        var vocabulary = Tokenizer.VocabularySize;
        return new FakeDecoder(vocabulary)
        {
            StateSize = StateSize,
            Answer = read =>
            {
                var logits = new float[vocabulary];
                var place = read.Count - start;
                logits[place >= 0 && place < tokens.Length ? tokens[place] : EndId] = 20;
                return logits;
            },
        };
    }

    public ModelLease<ServedLanguageModel> Lease(string? name = null) =>
        Registry.Registry.Acquire<ServedLanguageModel>(LanguageModelingTask.TaskName, name, null);

    public Task<PredictionResponse> Predict(params string[] texts) => Predict(new PredictionRequest(Texts(texts)));

    public Task<PredictionResponse> Predict(PredictionRequest request, CancellationToken cancellation = default) =>
        Patience.Wait(Predictor.PredictAsync(request, Observed, cancellation));

    public Task<ScoringResponse> Score(params string[] texts) =>
        Patience.Wait(Scorer.ScoreAsync(new ScoringRequest(texts, texts.Length == 1), Observed, CancellationToken.None));

    public async Task<IReadOnlyList<Answer>> Complete(CompletionRequest request, CancellationToken cancellation = default)
    {
        using var running = Completer.Start(request, Observed, cancellation);
        var answers = new Dictionary<int, Answer>();
        await foreach (var piece in running.ReadAsync(cancellation))
        {
            if (!answers.TryGetValue(piece.Choice, out var answer))
                answers[piece.Choice] = answer = new Answer();
            answer.Add(piece);
        }

        OutputTokens = running.OutputTokens;
        return [.. answers.OrderBy(a => a.Key).Select(a => a.Value)];
    }

    /// <summary>Tokens of the last completion.</summary>
    public int OutputTokens { get; private set; }

    public void Dispose()
    {
        Model.Open();
        Registry.Dispose();
        _repository.Dispose();
    }

    internal sealed class Answer
    {
        private readonly StringBuilder _text = new();

        public string Text => _text.ToString();

        public List<string> Pieces { get; } = [];

        public List<CompletedToken> Tokens { get; } = [];

        public FinishReason? Finish { get; private set; }

        public void Add(CompletionPiece piece)
        {
            Assert.Null(Finish);
            _text.Append(piece.Text);
            Pieces.Add(piece.Text);
            Tokens.AddRange(piece.Tokens);
            Finish = piece.Finish;
        }
    }
}
