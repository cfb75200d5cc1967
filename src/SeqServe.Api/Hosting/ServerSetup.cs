using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using SeqServe.Api.Answers;
using SeqServe.Api.Configuration;
using SeqServe.Api.Documentation;
using SeqServe.Api.Errors;
using SeqServe.Api.Facades;
using SeqServe.Api.Facades.LibreTranslate;
using SeqServe.Api.Facades.Native;
using SeqServe.Api.Facades.OpenAI;
using SeqServe.Api.Facades.OpenInference.Grpc;
using SeqServe.Api.Facades.OpenInference.Rest;
using SeqServe.Api.Json;
using SeqServe.Api.Observability;
using SeqServe.Api.Pipeline;
using SeqServe.Api.Requests;
using SeqServe.Api.Security;
using SeqServe.Api.Streaming;
using SeqServe.Core.Batching.Plans;
using SeqServe.Core.Compute;
using SeqServe.Core.Registry;
using SeqServe.Core.Repository;
using SeqServe.Core.Tasks.LanguageModeling.States;
using SeqServe.Onnx;

namespace SeqServe.Api.Hosting;

/// <summary>The server, one line per feature.</summary>
internal static class ServerSetup
{
    public static IServiceCollection AddSeqServe(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        return services
            .AddSeqServeConfiguration()
            .AddSeqServeCore()
            .AddSeqServeOnnx()
            .AddSeqServeHosting()
            .AddSeqServeHttp()
            .AddNativeFacade()
            .AddOpenAIFacade()
            .AddOpenInferenceRest()
            .AddOpenInferenceGrpc()
            .AddLibreTranslateFacade();
    }

    /// <summary>Checks what must hold before the server listens, and builds the pipeline.</summary>
    public static WebApplication UseSeqServe(this WebApplication app)
    {
        app.Services.CheckStart();
        app.Use(app.Services.GetRequiredService<WarmUp>().Keep);
        app.UsePipeline();
        return app;
    }

    private static IServiceCollection AddSeqServeConfiguration(this IServiceCollection services)
    {
        services.AddOptions<SeqServeOptions>().Configure<IConfiguration>((options, configuration) => options.Bind(configuration)).ValidateOnStart();
        return services
            .AddSingleton<IValidateOptions<SeqServeOptions>, SeqServeOptionsValidator>()
            .AddSingleton(provider => new FileModelRepository(Repository(Options(provider)), provider.GetServices<IModelFormat>()))
            .AddSingleton(provider => Registry(Options(provider)))
            .AddSingleton(provider => Onnx(Options(provider)))
            .AddSingleton(WorkerCommand.Launch())
            .AddSingleton(provider => Plans(Options(provider)))
            .AddSingleton(provider => new RunScheduler(
                Options(provider).Threads, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<RunScheduler>>()))
            .AddSingleton(provider => StateKeys.Make(Options(provider), provider.GetRequiredService<ILogger<StateKey>>()));
    }

    private static IServiceCollection AddSeqServeHosting(this IServiceCollection services)
    {
        services.AddOptions<HostOptions>().Configure<IOptions<SeqServeOptions>>((host, options) =>
            host.ShutdownTimeout = options.Value.ShutdownDelay + options.Value.DrainTimeout);
        return services
            .AddSingleton<ServerReadiness>()
            .AddSingleton<ServerAddress>()
            .AddSingleton<WarmUp>()
            .AddSingleton<TakenRequests>()
            .AddHostedService<RepositoryPollingService>()
            .AddHostedService<ModelLoadingService>()
            .AddHostedService<DrainService>();
    }

    private static IServiceCollection AddSeqServeHttp(this IServiceCollection services)
    {
        services.AddSingleton<RefusalLog>();
        services.AddSingleton<ApiKeys>();
        services.AddSingleton(provider => new ApiKeyGate(provider.GetRequiredService<ApiKeys>(), Options(provider).OpenAdmin));
        services.AddSingleton<RequestReader>();
        services.AddSingleton<ServerSentEvents>();
        services.AddExceptionHandler<ServingExceptionHandler>();
        services.AddSingleton<StrictJsonBody>();
        services.AddSingleton<AnswerTime>();
        services.AddSingleton<JsonAnswers>();
        // Not AddControllers: it brings authorization, and with it two more steps on the way of every request. The part is named, since MVC looks for
        // controllers in the entry assembly, which is another when a tool hosts the server.
        services.AddMvcCore().AddApplicationPart(typeof(ServerSetup).Assembly).AddApiExplorer().AddCors();
        services.AddFacadeControllers();
        services.AddEndpointsApiExplorer();
        services.AddOptions<JsonOptions>().Configure<IEnumerable<FacadeJson>>((json, facades) => json.JsonSerializerOptions.DescribeAs(facades));
        services.AddSwaggerGen(SwaggerSetup.Configure);
        return services;
    }

    private static SeqServeOptions Options(IServiceProvider provider) => provider.GetRequiredService<IOptions<SeqServeOptions>>().Value;

    private static string Repository(SeqServeOptions options) =>
        options.ModelRepository is { } path ? Path.GetFullPath(path) : ShippedModels.Find(AppContext.BaseDirectory);

    private static ModelRegistryOptions Registry(SeqServeOptions options) =>
        new()
        {
            Models = [.. options.Models],
            DefaultModels = options.DefaultModels.AsReadOnly(),
            ProbeTimeout = options.ProbeTimeout,
            Tensors = new() { MaxInputElements = options.MaxTensorElements, MaxOutputBytes = options.MaxTensorOutputBytes },
            MaxStateBytes = options.MaxStateBytes,
            MaxCacheBytes = options.MaxCacheBytes,
            UnloadTimeout = options.DrainTimeout,
        };

    private static OnnxOptions Onnx(SeqServeOptions options) =>
        new() { Device = options.Device, Threads = options.Threads, MaxRunBytes = options.MaxTensorRunBytes, Cuda = options.Cuda.ToOptions() };

    private static PlanOptions Plans(SeqServeOptions options) =>
        new() { Measure = options.MeasurePlans, CacheFolder = options.PlanCache is { Length: > 0 } folder ? folder : null };
}
