using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using SeqServe.Api.Configuration;
using SeqServe.Api.Hosting;
using SeqServe.Api.Observability;
using SeqServe.Api.Pipeline;
using SeqServe.TestSupport;
using SeqServe.UnitTests.Core.Registry;

namespace SeqServe.UnitTests.Api.Hosting;

public sealed class DrainServiceTests : IDisposable
{
    private static readonly TimeSpan s_delay = TimeSpan.FromSeconds(5);

    private readonly TemporaryRepository _repository = new();
    private readonly RegistryBench _bench;
    private readonly ServerReadiness _readiness = new();
    private readonly TakenRequests _taken = new();

    public DrainServiceTests()
    {
        _repository.AddFake("a");
        _bench = new RegistryBench(_repository).Load();
        _readiness.Warmed();
    }

    [Fact]
    public async Task Start_BeforeTheWarmUpIsOver_IsNotReady()
    {
        using var starting = new ServerReadiness();
        var check = new ModelsHealthCheck(_bench.Registry, starting);

        Assert.Equal("warming up", (await check.CheckHealthAsync(new HealthCheckContext())).Description);
        starting.Warmed();
        Assert.Equal(HealthStatus.Healthy, (await check.CheckHealthAsync(new HealthCheckContext())).Status);
    }

    [Fact]
    public async Task Stopping_WithADelay_IsNotReadyFirstAndRefusesWhenItIsOver()
    {
        Assert.Equal(HealthStatus.Healthy, await ReadinessAsync());

        var stopping = Drain(s_delay).StoppingAsync(CancellationToken.None);
        _bench.Time.Advance(s_delay - TimeSpan.FromMilliseconds(1));

        Assert.Equal(HealthStatus.Unhealthy, await ReadinessAsync());
        Assert.False(_bench.Registry.IsDraining);
        Assert.True(_taken.TryEnter());
        _taken.Leave();
        Assert.False(stopping.IsCompleted);
        Assert.False(_readiness.Draining.IsCancellationRequested);

        _bench.Time.Advance(TimeSpan.FromMilliseconds(1));
        await Patience.Wait(stopping);

        Assert.True(_bench.Registry.IsDraining);
        Assert.False(_taken.TryEnter());
        Assert.True(_readiness.Draining.IsCancellationRequested);
    }

    [Fact]
    public async Task Stopping_WithADelay_WaitsForWhatWasTakenMeanwhile()
    {
        var stopping = Drain(s_delay).StoppingAsync(CancellationToken.None);
        Assert.True(_taken.TryEnter());
        _bench.Time.Advance(s_delay);
        Assert.False(stopping.IsCompleted);

        _taken.Leave();

        await Patience.Wait(stopping);
    }

    [Fact]
    public async Task Stopping_WithStreamsThatItEnds_LetsTheirCallersReadSo()
    {
        Assert.True(_taken.TryEnter());
        var stopping = Drain(TimeSpan.Zero).StoppingAsync(CancellationToken.None);
        using (_readiness.Draining.Register(_readiness.EndStream))
            _taken.Leave();

        var left = _bench.Time.GetUtcNow();
        while (!stopping.IsCompleted)
        {
            _bench.Time.Advance(TimeSpan.FromMilliseconds(1));
            await Task.Yield();
        }

        Assert.True(_bench.Time.GetUtcNow() - left >= TimeSpan.FromMilliseconds(500));
    }

    [Fact]
    public async Task Stopping_WithoutADelay_RefusesAtOnce()
    {
        await Patience.Wait(Drain(TimeSpan.Zero).StoppingAsync(CancellationToken.None));

        Assert.True(_bench.Registry.IsDraining);
        Assert.Equal(HealthStatus.Unhealthy, await ReadinessAsync());
    }

    [Fact]
    public async Task Stopping_WhoseHostGivesUp_EndsBeforeTheDelay()
    {
        using var given = new CancellationTokenSource();
        var stopping = Drain(s_delay).StoppingAsync(given.Token);

        await given.CancelAsync();

        await Patience.Wait(stopping);
        Assert.True(_bench.Registry.IsDraining);
    }

    public void Dispose()
    {
        _readiness.Dispose();
        _bench.Dispose();
        _repository.Dispose();
    }

    private DrainService Drain(TimeSpan delay) =>
        new(_bench.Registry, _readiness, _taken, Options.Create(new SeqServeOptions { ShutdownDelay = delay }), _bench.Time, NullLogger<DrainService>.Instance);

    private async Task<HealthStatus> ReadinessAsync() =>
        (await new ModelsHealthCheck(_bench.Registry, _readiness).CheckHealthAsync(new HealthCheckContext())).Status;
}
