using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using SeqServe.Api.Observability;

namespace SeqServe.UnitTests.Api.Observability;

public sealed class RefusalLogTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly FakeLogger<RefusalLog> _lines = new();
    private readonly RefusalLog _log;

    public RefusalLogTests() => _log = new RefusalLog(_time, _lines);

    public void Dispose() => _log.Dispose();

    [Fact]
    public void Add_ManyWithinASecond_AreOneLineWithTheirNumber()
    {
        for (var i = 0; i < 500; i++)
            _log.Add();
        Assert.Equal(0, _lines.Collector.Count);
        _time.Advance(TimeSpan.FromSeconds(1));

        var line = Assert.Single(_lines.Collector.GetSnapshot());
        Assert.Equal(LogLevel.Warning, line.Level);
        Assert.StartsWith("500 requests", line.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Add_InEverySecond_IsALineForEach()
    {
        for (var second = 0; second < 3; second++)
        {
            _log.Add();
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(3, _lines.Collector.Count);
    }

    [Fact]
    public void Dispose_WithinTheSecond_TellsTheLastOnes()
    {
        _log.Add();
        _log.Dispose();

        Assert.Equal(1, _lines.Collector.Count);
    }
}
