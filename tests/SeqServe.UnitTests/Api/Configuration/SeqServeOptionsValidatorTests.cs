using SeqServe.Api.Configuration;
using SeqServe.Onnx.Providers;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Api.Configuration;

public class SeqServeOptionsValidatorTests
{
    [Fact]
    public void Validate_Defaults_AreValid() => Assert.Empty(Faults(new SeqServeOptions()));

    [Fact]
    public void Validate_FolderThatExists_IsValid()
    {
        using var folder = new TemporaryFolder();

        Assert.Empty(Faults(new SeqServeOptions { ModelRepository = folder.Path }));
    }

    [Fact]
    public void Validate_KeyWithoutText_IsAFaultAndNoCrash()
    {
        var options = new SeqServeOptions { ApiKeys = { ["anna"] = new ApiKeyOptions { Key = null! } } };

        Assert.Contains("ApiKeys:anna:Key", Assert.Single(Faults(options)), StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_TwoHoldersOfOneKey_IsAFault()
    {
        var key = new ApiKeyOptions { Key = "0123456789abcdef" };

        Assert.Contains("same key", Assert.Single(Faults(new SeqServeOptions { ApiKeys = { ["anna"] = key, ["bert"] = key } })), StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_ManyFaults_ReportsAllWithKeyAndValue()
    {
        var faults = Faults(new SeqServeOptions
        {
            Threads = 0,
            MaxRequestBytes = 1,
            MaxClientBatch = 65_537,
            MaxTensorAnswerBytes = 1,
            MaxStateBytes = 1,
            Cuda = { DeviceId = -1, MemoryLimit = 1 },
            MaxCacheBytes = 1,
            MaxAnswerTime = TimeSpan.Zero,
            MaxConnections = 0,
            DrainTimeout = TimeSpan.FromHours(2),
            ShutdownDelay = TimeSpan.FromHours(-1),
            RequestTimeout = TimeSpan.Zero,
            DefaultModels = { ["sorting"] = "a" },
            ModelRepository = Path.Combine("no", "such", "folder"),
            ApiKeys = { ["anna"] = new ApiKeyOptions { Key = "secret", RequestsPerMinute = 0 } },
        });

        Assert.Equal(
            [
                "ApiKeys:anna:Key", "ApiKeys:anna:RequestsPerMinute = 0", "Cuda:DeviceId = -1", "Cuda:MemoryLimit = 1", "DefaultModels:sorting",
                "DrainTimeout = 02:00:00", "MaxAnswerTime = 00:00:00", "MaxCacheBytes = 1", "MaxClientBatch = 65537", "MaxConnections = 0",
                "MaxRequestBytes = 1", "MaxStateBytes = 1", "MaxTensorAnswerBytes = 1",
                $"ModelRepository = {Path.Combine("no", "such", "folder")}", "RequestTimeout = 00:00:00", "ShutdownDelay = -01:00:00", "Threads = 0",
            ],
            faults.Select(f => f["SeqServe:".Length..f.IndexOf(": ", StringComparison.Ordinal)]).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(1024, true)]
    [InlineData(1025, false)]
    public void Validate_Threads_HasBounds(int threads, bool valid) => Assert.Equal(valid, Faults(new SeqServeOptions { Threads = threads }).Count == 0);

    [Theory]
    [InlineData("auto", true)]
    [InlineData("CPU", true)]
    [InlineData("cuda", true)]
    [InlineData(null, true)]
    [InlineData("tpu", false)]
    [InlineData("", false)]
    public void Validate_Device_IsAProvidersName(string? device, bool valid)
    {
        var faults = Faults(new SeqServeOptions { Device = device! });

        Assert.Equal(valid ? [] : [$"SeqServe:Device = {device}: must be one of auto, cpu, cuda"], faults);
    }

    [Fact]
    public void Validate_ShortKey_IsNotRepeated()
    {
        var options = new SeqServeOptions { ApiKeys = { ["anna"] = new ApiKeyOptions { Key = "secret" } } };

        Assert.DoesNotContain("secret", Assert.Single(Faults(options)), StringComparison.Ordinal);
    }

    private static List<string> Faults(SeqServeOptions options)
    {
        // Asked for its name only: its options are those that are validated.
        var cuda = new CudaProvider(static () => throw new InvalidOperationException());
        var validator = new SeqServeOptionsValidator(ShippedTasks.Catalog, [new CpuProvider(), cuda]);
        return [.. validator.Validate(null, options).Failures ?? []];
    }
}
