using System.Numerics.Tensors;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.ML.OnnxRuntime;
using SeqServe.Core.Decoding;
using SeqServe.Onnx;
using SeqServe.Tokenizers;

namespace SeqServe.Benchmarks.Baselines;

/// <summary>
/// What one writes for a folder from Hugging Face without a server of one's own: a minimal API, one session of one thread a run, one run per request or per
/// token. It has SeqServe's tokenizer, since the comparison is about serving.
/// </summary>
internal static class NaiveFolderServer
{
    public static int Run(Arguments arguments)
    {
        var folder = arguments.Text("--folder");
        OnnxTelemetry.TurnOff();
        var tokenizer = TokenizerFolder.Open(name => File.Exists(Path.Combine(folder, name)) ? File.ReadAllBytes(Path.Combine(folder, name)) : null);
        var config = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "config.json"))).RootElement;
        using var options = new Microsoft.ML.OnnxRuntime.SessionOptions { IntraOpNumThreads = 1 };
        using var session = new InferenceSession(Path.Combine(folder, "model.onnx"), options);
        var builder = WebApplication.CreateBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        var app = builder.Build();
        app.MapPost("/v1/classify", (ClassifyRequest request) => Classify(session, tokenizer, config, request));
        app.MapPost("/v1/completions", (CompleteRequest request) => Complete(session, tokenizer, config, request));
        app.Run(arguments.Text("--urls", "http://127.0.0.1:8091"));
        return 0;
    }

    private static IResult Classify(InferenceSession session, Tokenizer tokenizer, JsonElement config, ClassifyRequest request)
    {
        var ids = Encode(tokenizer, config, request.Inputs);
        using var inputs = new Inputs(session);
        inputs.Add("input_ids", ids, [1, ids.Length]);
        inputs.Add("attention_mask", Ones(ids.Length), [1, ids.Length]);
        if (session.InputNames.Contains("token_type_ids"))
            inputs.Add("token_type_ids", new long[ids.Length], [1, ids.Length]);
        using var outputs = inputs.Run(["logits"]);
        var scores = outputs[0].GetTensorDataAsSpan<float>().ToArray();
        LogitsMath.SoftMax(scores);
        var best = TensorPrimitives.IndexOfMax(scores);
        return Results.Ok(new { label = config.GetProperty("id2label").GetProperty($"{best}").GetString(), score = scores[best] });
    }

    private static IResult Complete(InferenceSession session, Tokenizer tokenizer, JsonElement config, CompleteRequest request)
    {
        var caches = session.InputNames.Where(name => name.StartsWith("past_key_values.", StringComparison.Ordinal)).ToArray();
        string[] names = ["logits", .. caches.Select(name => name.Replace("past_key_values", "present", StringComparison.Ordinal))];
        var (heads, size) = (session.InputMetadata[caches[0]].Dimensions[1], session.InputMetadata[caches[0]].Dimensions[3]);
        var end = config.GetProperty("eos_token_id").GetInt32();
        var read = Encode(tokenizer, config, request.Prompt);
        var answer = new List<int>();
        IDisposableReadOnlyCollection<OrtValue>? past = null;
        try
        {
            for (var length = read.Length; answer.Count < request.MaxTokens; length++)
            {
                using var inputs = new Inputs(session);
                inputs.Add("input_ids", read, [1, read.Length]);
                inputs.Add("attention_mask", Ones(length), [1, length]);
                inputs.Add("position_ids", [.. Enumerable.Range(length - read.Length, read.Length).Select(static i => (long)i)], [1, read.Length]);
                for (var i = 0; i < caches.Length; i++)
                {
                    if (past is null)
                        inputs.Add(caches[i], Array.Empty<float>(), [1, heads, 0, size]);
                    else
                        inputs.Use(caches[i], past[i + 1]);
                }

                var outputs = inputs.Run(names);
                past?.Dispose();
                past = outputs;
                var logits = outputs[0].GetTensorDataAsSpan<float>();
                var next = TensorPrimitives.IndexOfMax(logits[^(logits.Length / read.Length)..]);
                if (next == end)
                    break;
                answer.Add(next);
                read = [next];
            }
        }
        finally
        {
            past?.Dispose();
        }

        return Results.Ok(new { choices = new[] { new { text = tokenizer.Decode([.. answer]) } } });
    }

    private static long[] Encode(Tokenizer tokenizer, JsonElement config, string text)
    {
        var most = config.TryGetProperty("max_position_embeddings", out var positions) ? positions.GetInt32() : config.GetProperty("n_positions").GetInt32();
        return [.. tokenizer.Encode(text, options: new EncodeOptions { MaxLength = most }).Ids.ToArray().Select(static id => (long)id)];
    }

    private static long[] Ones(int count)
    {
        var ones = new long[count];
        Array.Fill(ones, 1);
        return ones;
    }

    private sealed record ClassifyRequest(string Inputs);

    private sealed record CompleteRequest(string Prompt, [property: System.Text.Json.Serialization.JsonPropertyName("max_tokens")] int MaxTokens);

    private sealed class Inputs(InferenceSession session) : IDisposable
    {
        private readonly List<OrtValue> _owned = [];
        private readonly Dictionary<string, OrtValue> _values = [];

        public void Add<T>(string name, T[] values, long[] shape)
            where T : unmanaged
        {
            var value = OrtValue.CreateTensorValueFromMemory(values, shape);
            _owned.Add(value);
            _values[name] = value;
        }

        public void Use(string name, OrtValue value) => _values[name] = value;

        public IDisposableReadOnlyCollection<OrtValue> Run(string[] outputs)
        {
            using var options = new RunOptions();
            return session.Run(options, _values, outputs);
        }

        public void Dispose() => _owned.ForEach(static value => value.Dispose());
    }
}
