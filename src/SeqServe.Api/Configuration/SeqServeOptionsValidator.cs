using Microsoft.Extensions.Options;
using SeqServe.Core.Backends;
using SeqServe.Core.Tasks;
using SeqServe.Onnx.Providers;

namespace SeqServe.Api.Configuration;

/// <summary>Finds every fault of the configuration at once, with the key, its value and what to write instead.</summary>
/// <param name="tasks">The tasks that may have a default model.</param>
/// <param name="providers">What <c>Device</c> may name.</param>
internal sealed class SeqServeOptionsValidator(TaskCatalog tasks, IEnumerable<IExecutionProvider> providers) : IValidateOptions<SeqServeOptions>
{
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);

    public ValidateOptionsResult Validate(string? name, SeqServeOptions options)
    {
        var faults = new List<string>(options.BindingFaults);
        void Range<T>(string key, T value, T min, T max)
            where T : IComparable<T>
        {
            if (value.CompareTo(min) < 0 || value.CompareTo(max) > 0)
                faults.Add($"SeqServe:{key} = {value}: must be in {min}–{max}");
        }

        string[] devices = [DeviceNames.Auto, .. providers.Select(provider => provider.Name)];
        if (!devices.Contains(options.Device, StringComparer.OrdinalIgnoreCase))
            faults.Add($"SeqServe:{nameof(options.Device)} = {options.Device}: must be one of {string.Join(", ", devices)}");
        Range($"{nameof(options.Cuda)}:{nameof(options.Cuda.DeviceId)}", options.Cuda.DeviceId, 0, 255);
        if (options.Cuda.MemoryLimit is { } memory)
            Range($"{nameof(options.Cuda)}:{nameof(options.Cuda.MemoryLimit)}", memory, 16 << 20, 1L << 40);
        Range(nameof(options.Threads), options.Threads, 1, 1024);
        Range(nameof(options.MaxRequestBytes), options.MaxRequestBytes, 1 << 10, 1 << 30);
        Range(nameof(options.MaxTensorRequestBytes), options.MaxTensorRequestBytes, 1 << 10, 1 << 30);
        Range(nameof(options.MaxTensorElements), options.MaxTensorElements, 1, int.MaxValue);
        Range(nameof(options.MaxTensorOutputBytes), options.MaxTensorOutputBytes, 1 << 10, 2L << 30);
        Range(nameof(options.MaxTensorRunBytes), options.MaxTensorRunBytes, 16 << 20, 4L << 30);
        Range(nameof(options.ProbeTimeout), options.ProbeTimeout, TimeSpan.FromSeconds(1), s_hour);
        if (options.MaxTensorAnswerBytes is { } answers)
            Range(nameof(options.MaxTensorAnswerBytes), answers, 1 << 20, 1L << 40);
        if (options.MaxStateBytes is { } states)
            Range(nameof(options.MaxStateBytes), states, 1 << 20, 1L << 40);
        if (options.MaxCacheBytes is { } caches)
            Range(nameof(options.MaxCacheBytes), caches, 1 << 20, 1L << 40);
        Range(nameof(options.MaxAnswerTime), options.MaxAnswerTime, TimeSpan.FromSeconds(1), s_hour);
        Range(nameof(options.MaxConnections), options.MaxConnections, 1, 1_000_000);
        Range(nameof(options.MaxClientBatch), options.MaxClientBatch, 1, 65_536);
        Range(nameof(options.DrainTimeout), options.DrainTimeout, TimeSpan.Zero, s_hour);
        Range(nameof(options.ShutdownDelay), options.ShutdownDelay, TimeSpan.Zero, s_hour);
        if (options.RequestTimeout is { } timeout)
            Range(nameof(options.RequestTimeout), timeout, TimeSpan.FromMilliseconds(1), s_hour);
        if (options.RepositoryPollInterval is { } interval)
            Range(nameof(options.RepositoryPollInterval), interval, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1));
        if (options.GrpcPort is { } port)
            Range(nameof(options.GrpcPort), port, 0, 65_535);
        // The key itself must not reach a log.
        if (options.StateKey is { Length: < 16 })
            faults.Add("SeqServe:StateKey: must have 16 characters or more");
        foreach (var task in options.DefaultModels.Keys.Where(task => !tasks.Names.Contains(task)))
            faults.Add($"SeqServe:DefaultModels:{task}: is no task; write one of {string.Join(", ", tasks.Names)}");
        foreach (var (holder, key) in options.ApiKeys)
        {
            if (key.Key is not { Length: >= 16 })
                faults.Add($"SeqServe:ApiKeys:{holder}:Key: must have 16 characters or more");
            if (key.RequestsPerMinute is { } rate)
                Range($"ApiKeys:{holder}:RequestsPerMinute", rate, 1, 1_000_000);
        }

        if (options.ApiKeys.Values.Select(key => key.Key).Distinct(StringComparer.Ordinal).Count() < options.ApiKeys.Count)
            faults.Add("SeqServe:ApiKeys: two holders have the same key; give each a key of its own");
        if (options.ModelRepository is { } repository && !Directory.Exists(repository))
            faults.Add($"SeqServe:ModelRepository = {repository}: there is no such folder; create it or correct the path");
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
