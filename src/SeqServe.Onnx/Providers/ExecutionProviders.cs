using Microsoft.Extensions.Logging;
using Microsoft.ML.OnnxRuntime;
using SeqServe.Core.Backends;
using SeqServe.Core.Diagnostics;
using SeqServe.Onnx.Files;

namespace SeqServe.Onnx.Providers;

/// <summary>Chooses the execution provider of a graph's sessions.</summary>
internal sealed partial class ExecutionProviders
{
    private readonly IReadOnlyList<IExecutionProvider> _providers;
    private readonly OnnxOptions _options;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private IReadOnlyList<IExecutionProvider>? _usable;

    /// <param name="providers">All of them, in the order of their registration.</param>
    /// <param name="options">The process's device.</param>
    /// <param name="logger">Logs once which providers there are.</param>
    public ExecutionProviders(IEnumerable<IExecutionProvider> providers, OnnxOptions options, ILogger<ExecutionProviders> logger)
    {
        // The last registered first: an added provider is preferred over those that the server brings.
        _providers = [.. providers.Reverse()];
        _options = options;
        _logger = logger;
    }

    /// <summary>Names of all of them, the preferred ones first.</summary>
    public IReadOnlyList<string> Names => [.. _providers.Select(provider => provider.Name)];

    /// <summary>Refuses a start that asks for a device this build cannot use.</summary>
    /// <exception cref="BackendException">There is no such provider, this build does not have it, or its device, driver or libraries are not there.</exception>
    /// <param name="trial">Opens a session of next to nothing with a provider.</param>
    public void Validate(Action<IExecutionProvider> trial)
    {
        if (!IsAuto(_options.Device))
            Try(Find(_options.Device), trial);
    }

    /// <summary>
    /// Opens something with the provider that a model asks for. Where the choice is free and a provider fails, the next one is tried. If that one opens it,
    /// the fault was the provider's, which the log says; if none does, the fault lies in what is opened, and the last provider's exception says what it is.
    /// </summary>
    /// <param name="device">The model's device; <see cref="DeviceNames.Auto"/> defers to the process's.</param>
    /// <param name="open">Opens it; called again with the next provider after it has thrown.</param>
    /// <param name="trial">As for <see cref="Validate"/>: once for each provider, those of which it throws are passed over.</param>
    /// <exception cref="BackendException">There is no such provider, or this build does not have it.</exception>
    public T Open<T>(string device, Func<IExecutionProvider, T> open, Action<IExecutionProvider> trial)
    {
        var candidates = Candidates(IsAuto(device) ? _options.Device : device, trial);
        (IExecutionProvider Provider, Exception Fault)? failed = null;
        for (var i = 0; ; i++)
        {
            try
            {
                var opened = open(candidates[i]);
                if (failed is { } first)
                    ProviderFailed(_logger, first.Provider.Name, first.Fault.Message, candidates[i].Name);
                return opened;
            }
            catch (Exception e) when (i < candidates.Count - 1 && IsOfTheRuntime(e))
            {
                failed ??= (candidates[i], e);
            }
        }
    }

    /// <summary>Adds a provider to the options of a session.</summary>
    /// <exception cref="BackendException">It cannot be used; the message names it and says what to do.</exception>
    public void Append(IExecutionProvider provider, SessionOptions session)
    {
        try
        {
            provider.Append(session);
        }
        catch (Exception e) when (IsOfTheRuntime(e))
        {
            throw Unusable(provider, e);
        }
    }

    // A missing library, driver or device shows here, and not with each model.
    private void Try(IExecutionProvider provider, Action<IExecutionProvider> trial)
    {
        try
        {
            trial(provider);
        }
        catch (Exception e) when (e is not BackendException && IsOfTheRuntime(e))
        {
            throw Unusable(provider, e);
        }
    }

    private BackendException Unusable(IExecutionProvider provider, Exception cause)
    {
        var remedy = $"Check its device, driver and libraries, or set the device to {Choices(except: provider)}.";
        // Clients may read it: not where on this machine the server lies.
        var reason = OpenFaults.WithoutSource(cause.Message).Replace(AppContext.BaseDirectory, "", StringComparison.Ordinal).TrimEnd().TrimEnd('.');
        return new BackendException($"Execution provider {provider.Name} cannot be used: {reason}. {remedy}", cause);
    }

    // Missing libraries of a device appear as types that cannot be loaded.
    private static bool IsOfTheRuntime(Exception e) => e is OnnxRuntimeException or BackendException or TypeLoadException;

    private static bool IsAuto(string device) => device.Equals(DeviceNames.Auto, StringComparison.OrdinalIgnoreCase);

    private IReadOnlyList<IExecutionProvider> Candidates(string device, Action<IExecutionProvider> trial)
    {
        if (!IsAuto(device))
            return [Find(device)];
        lock (_gate)
            return _usable ??= FindUsable(trial);
    }

    private IExecutionProvider Find(string device)
    {
        var provider = _providers.FirstOrDefault(p => p.Name.Equals(device, StringComparison.OrdinalIgnoreCase))
            ?? throw new BackendException($"Device \"{device}\" is asked for, which no execution provider has; set the device to {Choices()}.");
        return provider.IsAvailable
            ? provider
            : throw new BackendException($"Device \"{provider.Name}\" is asked for and {provider.Absence}, or set the device to {Choices()}.");
    }

    private string Choices(IExecutionProvider? except = null) =>
        string.Join(" or ", _providers.Where(p => p.IsAvailable && p != except).Select(p => p.Name).Prepend(DeviceNames.Auto).Select(name => $"\"{name}\""));

    private IExecutionProvider[] FindUsable(Action<IExecutionProvider> trial)
    {
        var byAvailability = _providers.ToLookup(p => p.IsAvailable);
        var names = byAvailability.ToDictionary(group => group.Key, group => string.Join(", ", group.Select(p => p.Name)));
        ProvidersFound(_logger, names.GetValueOrDefault(true, ""), names.GetValueOrDefault(false, "none"));
        IExecutionProvider[] available = [.. byAvailability[true]];
        // The last is what every build has.
        return [.. available.Where((provider, i) => i == available.Length - 1 || IsUsable(provider, available[i + 1], trial))];
    }

    private bool IsUsable(IExecutionProvider provider, IExecutionProvider next, Action<IExecutionProvider> trial)
    {
        try
        {
            Try(provider, trial);
            return true;
        }
        catch (BackendException e)
        {
            ProviderFailed(_logger, provider.Name, e.Message, next.Name);
            return false;
        }
    }

    [LoggerMessage(EventIds.DeviceChosen, LogLevel.Information, "Execution providers, the preferred one first: {Available}; not part of this build: {Absent}")]
    private static partial void ProvidersFound(ILogger logger, string available, string absent);

    [LoggerMessage(EventIds.DeviceFallback, LogLevel.Warning, "Execution provider {Provider} is passed over; {Fallback} is used instead. {Reason}")]
    private static partial void ProviderFailed(ILogger logger, string provider, string reason, string fallback);
}
