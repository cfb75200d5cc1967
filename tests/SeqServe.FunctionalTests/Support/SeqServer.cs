using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using SeqServe.Api.Hosting;

namespace SeqServe.FunctionalTests.Support;

/// <summary>The server under test, as Program.cs makes it, with settings and services of the test's own.</summary>
public class SeqServer(IReadOnlyDictionary<string, string>? settings = null, Action<IServiceCollection>? services = null) : WebApplicationFactory<Program>
{
    private IHost? _host;

    public IHost Host => _host ?? throw new InvalidOperationException("The server has not been started.");

    /// <summary>Starts over real sockets, on a free port.</summary>
    public SeqServer OverKestrel()
    {
        UseKestrel();
        return this;
    }

    /// <summary>Starts without waiting for the models.</summary>
    public SeqServer Begin()
    {
        StartServer();
        return this;
    }

    /// <summary>Starts and returns when every model has been tried.</summary>
    public async Task<SeqServer> StartAsync()
    {
        Begin();
        await Services.GetServices<IHostedService>().OfType<ModelLoadingService>().Single().ExecuteTask!;
        return this;
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment(Environments.Production);
        builder.UseSetting("urls", "http://127.0.0.1:0");
        // A fixed port would be one for all servers of the tests.
        builder.UseSetting("SeqServe:GrpcPort", "0");
        // Tests of it say otherwise: most tests count runs.
        builder.UseSetting("SeqServe:WarmUp", "false");
        // Tests of keys say otherwise.
        builder.UseSetting("SeqServe:OpenAdmin", "true");
        // Thousands of lines on the console would be most of the time of these tests.
        builder.UseSetting("Serilog:MinimumLevel:Default", "Fatal");
        foreach (var (key, value) in settings ?? new Dictionary<string, string>())
            builder.UseSetting(key, value);
        if (services is not null)
            builder.ConfigureTestServices(services);
    }

    protected override IHost CreateHost(IHostBuilder builder) => _host = base.CreateHost(builder);
}
