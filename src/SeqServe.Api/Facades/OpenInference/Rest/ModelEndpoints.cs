using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using SeqServe.Api.Errors;
using SeqServe.Api.Json;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Errors;
using SeqServe.Core.Registry;
using SeqServe.Core.Tasks;
using SeqServe.Core.Tasks.Tensors;
using SeqServe.Core.Tensors;

namespace SeqServe.Api.Facades.OpenInference.Rest;

/// <summary>What models are and have done.</summary>
internal sealed class ModelEndpoints(ModelMetadataReader metadata, TensorInference inference, ModelRegistry registry, JsonAnswers answers)
{
    private const string Backend = "onnxruntime";

    public Task MetadataAsync(HttpContext context) => AnswerAsync(context, metadata.Read, OipJson.Answers.ModelMetadata);

    public Task ReadyAsync(HttpContext context) => AnswerAsync(context, Ready, OipJson.Answers.ModelReady);

    public Task ConfigAsync(HttpContext context) => AnswerAsync(context, Config, OipJson.Answers.ModelConfig);

    public Task StatsAsync(HttpContext context) => AnswerAsync(context, Stats, OipJson.Answers.ModelStats);

    public Task AllStatsAsync(HttpContext context) =>
        answers.WriteAsync(context.Response, new ModelStats([.. registry.List().SelectMany(StatsOf)]), OipJson.Answers.ModelStats);

    private async Task AnswerAsync<T>(HttpContext context, Func<string, int?, T> answer, JsonTypeInfo<T> type)
    {
        try
        {
            var (model, version) = ModelRoute.Of(context);
            await answers.WriteAsync(context.Response, answer(model, version), type);
        }
        catch (ServingException e)
        {
            await FailureWriter.WriteAsync(context, Failure.Of(e));
        }
    }

    private ModelReady Ready(string name, int? version) => new(inference.Describe(name, version).Manifest.Name, true);

    private ModelConfig Config(string name, int? version)
    {
        var model = inference.Describe(name, version);
        var isBatched = model.Limits.MaxBatchSize > 1;
        TensorConfig Of(TensorSpec spec) => new(spec.Name, TypeName(spec.Datatype), [.. TensorMetadata.Of(spec).Shape.Skip(isBatched ? 1 : 0)]);
        return new ModelConfig(
            name,
            OpenInferenceServer.Platform,
            Backend,
            isBatched ? model.Limits.MaxBatchSize : 0,
            [.. model.Signature.Inputs.Select(Of)],
            [.. model.Signature.Outputs.Select(Of)],
            isBatched ? new DynamicBatchingConfig((long)model.Limits.MaxQueueDelay.TotalMicroseconds) : null,
            model.Sequences is { } sequences ? new SequenceBatchingConfig((long)sequences.MaxIdle.TotalMicroseconds) : null);
    }

    private ModelStats Stats(string name, int? version)
    {
        using var lease = registry.Acquire(name, version);
        return new ModelStats([.. StatsOf(registry.Describe(name)).Where(s => version is null || s.Version == Text(version.Value))]);
    }

    private static IEnumerable<ModelStat> StatsOf(ModelDescription model) => model.Versions
        .Select(v => v.Served)
        .OfType<ServedModel>()
        .Select(served => Of(model.Name, served.Version, served.Metrics.Statistics.Read()));

    private static ModelStat Of(string name, int version, StatisticsSnapshot s) => new(
        name,
        Text(version),
        s.LastRequest?.ToUnixTimeMilliseconds() ?? 0,
        s.Runs.Sum(r => (long)r.Rows * r.Time.Count),
        s.Runs.Sum(r => r.Time.Count),
        new InferenceStat(Of(s.Success), Of(s.Fail), Of(s.Queue), Of(s.Tokenize), Of(s.Compute), default, default),
        [.. s.Runs.Select(r => new BatchStat(r.Rows, default, Of(r.Time), default))]);

    private static DurationStat Of(CountedTime time) => new(time.Count, (long)time.Total.TotalNanoseconds);

    // Triton's configuration says STRING where its protocol says BYTES.
    private static string TypeName(TensorDatatype datatype) => $"TYPE_{(datatype == TensorDatatype.Bytes ? "STRING" : datatype.ToName())}";

    private static string Text(int version) => version.ToString(CultureInfo.InvariantCulture);
}
