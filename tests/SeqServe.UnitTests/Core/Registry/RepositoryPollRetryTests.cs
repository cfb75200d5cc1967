using Microsoft.Extensions.Logging.Abstractions;
using SeqServe.Core.Registry;
using SeqServe.Core.Repository;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Core.Registry;

/// <summary>Folders that a poll can read again after it could not.</summary>
public sealed class RepositoryPollRetryTests : IDisposable
{
    private readonly TemporaryRepository _repository = new();

    public void Dispose() => _repository.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Scan_ManifestThatCannotBeRead_IsTriedAgain(int failures)
    {
        _repository.AddFake("a");
        var format = new FailingFormat();
        var folder = new FileModelRepository(_repository.Root, [format, new ManifestFormat(ShippedTasks.Manifests)]);
        using var bench = new RegistryBench(folder);
        var poll = new RepositoryPoll(folder, bench.Lifecycle, new ModelRegistryOptions(), NullLogger<RepositoryPoll>.Instance);
        poll.Begin();
        bench.Load();
        _repository.Write("a/2/model.onnx", "");
        await poll.ScanAsync(CancellationToken.None);

        // The poll reads the folder first, then the load does.
        format.Next = failures == 1 ? [true] : [false, true];
        await poll.ScanAsync(CancellationToken.None);
        Assert.Contains("its folder cannot be read", bench.StatusOf("a").Reason, StringComparison.Ordinal);
        await poll.ScanAsync(CancellationToken.None);

        using var lease = bench.Acquire("a");
        Assert.Equal(2, lease.Model.Version);
    }

    [Fact]
    public async Task Scan_FaultOfAFileThatCannotBeRead_IsTriedAgain()
    {
        _repository.AddFake("a");
        var format = new FailingFormat { Fault = new RepositoryModel("a", _repository.Of("a"), [1], null, "cannot be read") { Unread = new IOException() } };
        var folder = new FileModelRepository(_repository.Root, [format, new ManifestFormat(ShippedTasks.Manifests)]);
        using var bench = new RegistryBench(folder);
        var poll = new RepositoryPoll(folder, bench.Lifecycle, new ModelRegistryOptions(), NullLogger<RepositoryPoll>.Instance);
        poll.Begin();
        bench.Load();
        _repository.Write("a/2/model.onnx", "");
        await poll.ScanAsync(CancellationToken.None);

        format.Next = [true];
        await poll.ScanAsync(CancellationToken.None);
        Assert.Contains("cannot be read", bench.StatusOf("a").Reason, StringComparison.Ordinal);
        await poll.ScanAsync(CancellationToken.None);

        using var lease = bench.Acquire("a");
        Assert.Equal(2, lease.Model.Version);
    }

    /// <summary>Cannot read a folder when told so, and else leaves it to the next format.</summary>
    private sealed class FailingFormat : IModelFormat
    {
        private int _reads;

        public RepositoryModel? Fault { get; init; }

        /// <summary>Which of the reads from now on fail.</summary>
        public bool[] Next
        {
            get;
            set
            {
                field = value;
                _reads = 0;
            }
        } = [];

        public RepositoryModel? Read(ModelFolder folder)
        {
            if (_reads >= Next.Length || !Next[_reads++])
                return null;
            return Fault ?? throw new IOException("a stale file handle");
        }
    }
}
