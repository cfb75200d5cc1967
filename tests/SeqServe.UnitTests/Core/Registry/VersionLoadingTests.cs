using Microsoft.Extensions.Logging;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Errors;
using SeqServe.Core.Registry;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Core.Registry;

public sealed class VersionLoadingTests : IDisposable
{
    private readonly TemporaryRepository _repository = new();

    public VersionLoadingTests() => _repository.AddFake("a");

    public void Dispose() => _repository.Dispose();

    // What could not be read may be there at the next attempt, whatever else went wrong on the way out.
    [Fact]
    public void TryLoad_FileThatCannotBeReadAndAGraphThatCannotBeClosed_IsToBeTriedAgain()
    {
        using var bench = new RegistryBench(_repository, acceptance: static (_, _) => throw new IOException("a stale file handle"));
        bench.Backends.Make = static _ => new FakeEncoderBackend { OnDispose = static () => throw new InvalidOperationException("no native memory") };

        var failure = Fail(bench);

        Assert.Equal("a stale file handle", Assert.IsType<IOException>(failure.Unread).Message);
        Assert.Equal("failed to load; the log has the cause", failure.Reason);
    }

    [Fact]
    public void TryLoad_FileThatCannotBeRead_IsToBeTriedAgain()
    {
        using var bench = new RegistryBench(_repository, acceptance: static (_, _) => throw new UnauthorizedAccessException());

        var failure = Fail(bench);

        Assert.IsType<UnauthorizedAccessException>(failure.Unread);
        Assert.StartsWith("A file of version 1 cannot be read", failure.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void TryLoad_AnyOtherFailure_IsNot()
    {
        using var bench = new RegistryBench(_repository, acceptance: static (_, _) => throw new ModelLoadException("No."));

        Assert.Equal(new LoadFailure("No."), Fail(bench));
    }

    // An operator finds the cause there; the reason that clients see has no paths.
    [Fact]
    public void Load_ThatFails_IsInTheLogWithItsCause()
    {
        using var bench = new RegistryBench(_repository, acceptance: static (_, _) => throw new InvalidOperationException("a secret path")).Load();

        var line = Assert.Single(bench.Log.Collector.GetSnapshot(), record => record.Level == LogLevel.Error);
        Assert.Equal((EventIds.ModelUnavailable, "a secret path"), (line.Id.Id, line.Exception?.Message));
    }

    [Fact]
    public void Load_OfAFaultyManifest_IsInTheLog()
    {
        _repository.EditManifest("a", json => json.Remove("labels"));
        using var bench = new RegistryBench(_repository).Load();

        Assert.Equal(EventIds.ModelUnavailable, Assert.Single(bench.Log.Collector.GetSnapshot(), line => line.Level == LogLevel.Error).Id.Id);
    }

    private LoadFailure Fail(RegistryBench bench)
    {
        Assert.Null(bench.Registry.Loading.TryLoad(_repository.Open().Find("a")!, 1, out var failure));
        return failure;
    }
}
