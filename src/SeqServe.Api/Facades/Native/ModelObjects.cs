using SeqServe.Api.Facades.Native.Contracts;
using SeqServe.Core.Backends;
using SeqServe.Core.Batching;
using SeqServe.Core.Batching.Plans;
using SeqServe.Core.Graphs;
using SeqServe.Core.Registry;
using SeqServe.Core.Repository.Manifests;
using SeqServe.Core.Tasks;

namespace SeqServe.Api.Facades.Native;

/// <summary>From the registry's description to the contract.</summary>
internal static class ModelObjects
{
    public static ModelObject From(ModelDescription model)
    {
        var manifest = model.Manifest;
        var served = model.Versions.LastOrDefault(v => v.Served is not null)?.Served;
        var details = served?.Describe();
        return new ModelObject
        {
            Id = model.Name,
            Created = model.Versions[^1].Status.Since.ToUnixTimeSeconds(),
            Task = manifest?.Task,
            Architecture = manifest?.Architecture,
            Description = manifest?.Description,
            Default = model.IsDefault,
            Versions = [.. model.Versions.Select(v => new ModelVersionObject(v.Version, v.Status.State.ToString(), v.Status.Reason, v.Status.Since))],
            Labels = details?.Labels,
            Languages = manifest?.Section.Languages is { } pair ? new ModelLanguages(pair.Source, pair.Target) : null,
            Limits = manifest is null ? null : From(manifest.Limits, details),
            Batching = manifest is null ? null : From(details?.Limits ?? manifest.Batching, details),
            Plan = details?.Plan is { } plan ? From(plan) : null,
            Sessions = details?.Sessions is { } sessions ? From(sessions) : null,
            Device = served?.Device,
            Graphs = From(served?.Graphs),
            Metrics = manifest?.Card.Metrics,
            MetricsOn = manifest?.Card.MetricsOn,
            Parameters = manifest?.Card.Parameters,
            Data = manifest?.Card.Data,
            DataLicence = manifest?.Card.DataLicence,
            Licence = manifest?.Card.Licence,
        };
    }

    private static ModelLimits From(LimitsManifest limits, ModelDetails? details) =>
        new(limits.MaxInputTokens, limits.MaxOutputTokens, details?.MaxContextTokens);

    private static ModelGraph[]? From(TensorGraphs? graphs)
    {
        var known = graphs?.All.Where(static graph => graph.Parts is not null)
            .Select(static graph => new ModelGraph(graph.Role, graph.PartNames(GraphSide.Input), graph.PartNames(GraphSide.Output))).ToArray();
        return known is { Length: > 0 } ? known : null;
    }

    private static ModelSessions From(SessionThreads sessions) => new(
        sessions.Count, sessions.ThreadsPerRun, sessions.LatencyThreads, sessions.LatencyFromTokens, sessions.IsIsolated ? "process" : "none");

    private static ModelPlan From(BatchPlan plan) => new(
        plan.BatchSize,
        plan.BatchTokens,
        Math.Round(plan.MaxPadding, 3),
        plan.LatencyFromTokens,
        [.. plan.Grid.Select(p => new ModelPlanPoint(p.Rows, p.Length, p.Threads, Math.Round(p.Time.TotalMilliseconds, 3)))]);

    private static ModelBatching From(BatchLimits limits, ModelDetails? details) => new(
        limits.MaxBatchSize,
        limits.MaxBatchTokens,
        limits.MaxQueueDelay.TotalMilliseconds,
        limits.PreferredBatchSize,
        limits.PreferredBatchTokens,
        Math.Round(limits.Padding, 3),
        limits.QueueCapacity,
        limits.QueueCapacityTokens,
        limits.MaxQueueWait?.TotalMilliseconds,
        details?.Rows,
        details?.RowsReason);
}
