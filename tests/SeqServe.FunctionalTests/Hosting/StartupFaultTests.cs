using System.Diagnostics;
using SeqServe.FunctionalTests.Facades.OpenInference.Grpc;
using SeqServe.TestSupport;

namespace SeqServe.FunctionalTests.Hosting;

/// <summary>The program itself, started in ways in which it cannot start.</summary>
public sealed class StartupFaultTests : IDisposable
{
    // A process begins far more slowly than anything within one.
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);

    private readonly TemporaryFolder _models = new();

    public void Dispose() => _models.Dispose();

    [Theory]
    [InlineData("urls = http://localhost:eighty: is no address to listen on", "--urls", "http://localhost:eighty")]
    [InlineData("urls = ftp://localhost:1: is no address to listen on", "--urls", "ftp://localhost:1")]
    [InlineData("An address to listen on cannot be had: ", "--urls", "http://203.0.113.1:{port}")]
    [InlineData("HTTPS endpoint", "--urls", "https://127.0.0.1:{port}")]
    [InlineData("Serilog:MinimumLevel:Default = Loud: must be one of Verbose, Debug,", "--Serilog:MinimumLevel:Default", "Loud")]
    [InlineData("Serilog:MinimumLevel:Override:Grpc = 7: must be one of", "--Serilog:MinimumLevel:Override:Grpc", "7")]
    [InlineData("SeqServe:GrpcPort = {port}: HTTP listens on this port", "--SeqServe:GrpcPort", "{port}")]
    [InlineData("SeqServe:MaxConnections = 0: must be in 1–1000000", "--SeqServe:MaxConnections", "0")]
    public async Task Start_ThatCannotBe_SaysWhyInALine(string line, string key, string value)
    {
        var port = $"{GrpcPortTests.FreePort()}";
        string With(string text) => text.Replace("{port}", port, StringComparison.Ordinal);

        var (code, error) = await RunAsync(
            "--SeqServe:GrpcPort", "0", "--urls", $"http://127.0.0.1:{port}", "--SeqServe:ModelRepository", _models.Path, key, With(value));

        Assert.Equal(1, code);
        Assert.StartsWith("SeqServe cannot start:\n  ", error, StringComparison.Ordinal);
        Assert.Contains(With(line), error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Error)> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet")
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        foreach (var argument in arguments.Prepend(typeof(Program).Assembly.Location))
            start.ArgumentList.Add(argument);
        // No certificate of the developer's own.
        start.Environment["DOTNET_GENERATE_ASPNET_CERTIFICATE"] = "false";
        start.Environment["HOME"] = Path.GetTempPath();
        using var process = Process.Start(start)!;
        try
        {
            var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await Task.WhenAll(output, error, process.WaitForExitAsync()).WaitAsync(s_patience);
            return (process.ExitCode, await error);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }
}
