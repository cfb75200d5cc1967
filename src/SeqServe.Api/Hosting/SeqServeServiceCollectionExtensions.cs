using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using SeqServe.Api.Configuration;
using SeqServe.Api.Documentation;
using SeqServe.Api.Errors;
using SeqServe.Api.Facades.LibreTranslate;
using SeqServe.Api.Facades.Native;
using SeqServe.Api.Facades.OpenAI;
using SeqServe.Api.Facades.OpenInference.Grpc;
using SeqServe.Api.Facades.OpenInference.Rest;
using SeqServe.Api.Json;
using SeqServe.Api.Observability;
using SeqServe.Api.Security;
using SeqServe.Api.Streaming;
using SeqServe.Core.Batching.Plans;
using SeqServe.Core.Compute;
using SeqServe.Core.Registry;
using SeqServe.Core.Repository;
using SeqServe.Core.Tasks.LanguageModeling.States;
using SeqServe.Onnx;

namespace SeqServe.Api.Hosting;

/// <summary>Registers the server, one line per feature.</summary>
internal static class SeqServeServiceCollectionExtensions
{
    public static IServiceCollection AddSeqServe(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        return services
            .AddSeqServeConfiguration()
            .AddSeqServeCore()
            .AddSeqServeOnnx()
            .AddSeqServeHosting()
            .AddSeqServeHttp();
    }

    private static IServiceCollection AddSeqServeConfiguration(this IServiceCollection services)
    {
        services.AddOptions<SeqServeOptions>().Configure<IConfiguration>((options, configuration) => options.Bind(configuration)).ValidateOnStart();
        return services
            .AddSingleton<IValidateOptions<SeqServeOptions>, SeqServeOptionsValidator>()
            .AddSingleton(provider => new FileModelRepository(
                Options(provider).ModelRepository is { } path ? Path.GetFullPath(path) : ShippedModels.Find(AppContext.BaseDirectory), provider.GetServices<IModelFormat>()))
            .AddSingleton(provider => new ModelRegistryOptions { Models = [.. Options(provider).Models], DefaultModels = Options(provider).DefaultModels.AsReadOnly() })
            .AddSingleton(provider => new OnnxOptions { Device = Options(provider).Device, Threads = Options(provider).Threads })
            .AddSingleton(provider => new PlanOptions { Measure = Options(provider).MeasurePlans, CacheFolder = Options(provider).PlanCache is { Length: > 0 } folder ? folder : null })
            .AddSingleton(provider => new RunScheduler(
                Options(provider).Threads, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<RunScheduler>>()))
            .AddSingleton(provider => StateKeys.Make(Options(provider), provider.GetRequiredService<ILogger<StateKey>>()));
    }

    private static IServiceCollection AddSeqServeHosting(this IServiceCollection services)
    {
        services.AddOptions<HostOptions>().Configure<IOptions<SeqServeOptions>>((host, options) => host.ShutdownTimeout = options.Value.DrainTimeout);
        return services
            .AddSingleton<RouteShapes>()
            .AddSingleton<ServerAddress>()
            .AddSingleton<TakenRequests>()
            .AddHostedService<RepositoryPollingService>()
            .AddHostedService<ModelLoadingService>()
            .AddHostedService<DrainService>();
    }

    private static IServiceCollection AddSeqServeHttp(this IServiceCollection services)
    {
        services.AddSingleton<RefusalLog>();
        services.AddSingleton<ApiKeys>();
        services.AddSingleton(provider => new ApiKeyGate(provider.GetRequiredService<ApiKeys>()));
        services.AddLibreTranslate();
        services.AddOpenInference();
        services.AddSeqServeGrpc();
        services.AddSingleton<ClassifyMapper>();
        services.AddSingleton<NextTokenMapper>();
        services.AddSingleton<CompletionsMapper>();
        services.AddSingleton<ScoreMapper>();
        services.AddSingleton<TranslateMapper>();
        services.AddSingleton<ServerSentEvents>();
        services.AddExceptionHandler<ServingExceptionHandler>();
        services.AddSingleton<StrictJsonBody>();
        services.AddSingleton<JsonAnswers>();
        services.AddSingleton<ClassifyEndpoint>();
        // Not AddControllers: it brings authorization, and with it two more steps on the way of every request.
        services.AddMvcCore().AddApiExplorer().AddCors();
        services.AddEndpointsApiExplorer();
        services.AddOptions<MvcOptions>().Configure<StrictJsonBody>((mvc, body) =>
        {
            // [Required] on a contract is documentation; what is missing is refused by the mapper, in the words of the API.
            mvc.ModelValidatorProviders.Clear();
            mvc.InputFormatters.Clear();
            mvc.InputFormatters.Add(new StrictJsonInputFormatter(body));
        });
        services.Configure<JsonOptions>(json => ApiJsonSetup.Configure(json.JsonSerializerOptions));
        services.Configure<ApiBehaviorOptions>(behavior =>
        {
            behavior.SuppressMapClientErrors = true;
            behavior.InvalidModelStateResponseFactory = ModelStateFaults.Refuse;
        });
        services.AddSwaggerGen(SwaggerSetup.Configure);
        return services;
    }

    private static SeqServeOptions Options(IServiceProvider provider) => provider.GetRequiredService<IOptions<SeqServeOptions>>().Value;
}
