using SeqServe.Api.Hosting;
using SeqServe.Api.Observability;

if (args is [HealthProbe.Command, ..])
    return await HealthProbe.RunAsync(args);
if (args is [WorkerCommand.Command])
    return WorkerCommand.Run();
if (args is [ValidateCommand.Command, ..])
    return ValidateCommand.Run(args, Console.Out);

try
{
    var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
    builder.AddDefaultAddress();
    builder.WebHost.ConfigureKestrel(KestrelSetup.Configure).UseSockets(KestrelSetup.ConfigureSockets);
    builder.Services.AddSeqServeLogging(builder.Configuration);
    builder.Services.AddSeqServe();
    builder.Services.AddSeqServeHealth();
    builder.Services.AddSeqServeMetrics();
    builder.Services.AddSeqServeTracing(builder.Configuration);

    // Disposed also when it cannot start: lines of the log may still wait to be written.
    await using var app = builder.Build();
    app.UseSeqServe();
    await app.RunAsync();
    return 0;
}
catch (Exception fault) when (StartupFaults.CanDescribe(fault))
{
    return StartupFaults.Describe(fault);
}

/// <summary>The server; public so that functional tests can host it.</summary>
public partial class Program;
