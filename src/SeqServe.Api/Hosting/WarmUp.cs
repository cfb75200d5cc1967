using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using SeqServe.Api.Facades;
using SeqServe.Api.Json;
using SeqServe.Api.Pipeline.Metadata;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Registry;

namespace SeqServe.Api.Hosting;

/// <summary>
/// Sends a request of each kind through the server's own pipeline, once the models are loaded and before it is ready: what is compiled and made at a first
/// request took a hundred times as long as later ones.
/// </summary>
internal sealed partial class WarmUp(
    IHttpContextFactory contexts, ModelRegistry registry, IEnumerable<IFacade> facades, TimeProvider time, ILogger<WarmUp> logger)
{
    // What is made at a first request is used at the second.
    private const int Rounds = 2;

    // A model that takes longer for a word must not keep the others from being served.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    private RequestDelegate? _pipeline;

    /// <summary>Keeps the pipeline that requests pass.</summary>
    public RequestDelegate Keep(RequestDelegate pipeline) => _pipeline = pipeline;

    /// <summary>Sends the requests of all facades, one after the other; what fails is left to the client that asks for it.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        var models = new WarmUpModels(registry.List());
        var requests = facades.SelectMany(facade => facade.WarmUps(models)).ToList();
        using var patience = new CancellationTokenSource(s_patience, time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
        var answered = 0;
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var request in requests)
                answered += !ended.IsCancellationRequested && await IsAnsweredAsync(request, ended.Token) ? 1 : 0;
        }

        Warmed(logger, answered, Rounds * requests.Count, time.GetElapsedTime(started).TotalMilliseconds);
    }

    private async Task<bool> IsAnsweredAsync(WarmUpRequest request, CancellationToken ended)
    {
        using var activity = new Activity("warm-up").Start();
        var context = contexts.Create(Features(request));
        context.RequestAborted = ended;
        try
        {
            await _pipeline!(context);
            return context.Response.StatusCode == StatusCodes.Status200OK;
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // It took too long, or the server ends.
            return false;
        }
        catch (Exception e)
        {
            // The server must start all the same.
            Failed(logger, request.Path, e);
            return false;
        }
        finally
        {
            contexts.Dispose(context);
        }
    }

    private static FeatureCollection Features(WarmUpRequest request)
    {
        var body = Encoding.UTF8.GetBytes(request.Body.ToJsonString());
        var features = new FeatureCollection();
        features.Set<IHttpRequestFeature>(new HttpRequestFeature
        {
            Protocol = HttpProtocol.Http11,
            Scheme = "http",
            Method = HttpMethods.Post,
            Path = request.Path,
            Body = new MemoryStream(body),
            Headers = new HeaderDictionary
            {
                [HeaderNames.ContentType] = JsonAnswers.MediaType,
                [HeaderNames.ContentLength] = body.Length.ToString(CultureInfo.InvariantCulture),
                [HeaderNames.Host] = "localhost",
            },
        });
        features.Set<IHttpResponseFeature>(new HttpResponseFeature());
        features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(Stream.Null));
        features.Set(WarmUpFeature.Instance);
        return features;
    }

    [LoggerMessage(EventIds.WarmUpFailed, LogLevel.Warning, "A request to {Path} failed while the server warmed up")]
    private static partial void Failed(ILogger logger, string path, Exception cause);

    [LoggerMessage(EventIds.Warmed, LogLevel.Information, "Warmed up: {Answered} of {Requests} requests to itself answered in {Milliseconds:0} ms")]
    private static partial void Warmed(ILogger logger, int answered, int requests, double milliseconds);
}
