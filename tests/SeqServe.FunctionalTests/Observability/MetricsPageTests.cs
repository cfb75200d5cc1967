using System.Globalization;
using SeqServe.FunctionalTests.Support;

namespace SeqServe.FunctionalTests.Observability;

public sealed class MetricsPageTests : IAsyncLifetime
{
    private readonly SeqServer _server = new();
    private HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        await _server.StartAsync();
        _client = _server.CreateClient();
        await _client.ClassifyAsync(new { inputs = new[] { Calls.Review, "good", "bad" } }).ReadAsync();
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData("seqserve_requests_total", "counter")]
    [InlineData("seqserve_runs_total", "counter")]
    [InlineData("seqserve_tokens_useful_total", "counter")]
    [InlineData("seqserve_tokens_computed_total", "counter")]
    [InlineData("seqserve_request_duration_seconds", "histogram")]
    [InlineData("seqserve_tokenize_duration_seconds", "histogram")]
    [InlineData("seqserve_queue_duration_seconds", "histogram")]
    [InlineData("seqserve_compute_duration_seconds", "histogram")]
    [InlineData("seqserve_batch_size", "histogram")]
    [InlineData("seqserve_queue_depth", "gauge")]
    [InlineData("seqserve_queue_tokens", "gauge")]
    [InlineData("seqserve_in_flight_requests", "gauge")]
    [InlineData("seqserve_sessions", "gauge")]
    [InlineData("seqserve_model_state", "gauge")]
    [InlineData("seqserve_model_load_seconds", "gauge")]
    public async Task Metric_AfterOneRequest_IsOnThePageWithTheModelsLabels(string name, string type)
    {
        var page = await MetricsPage.ReadAsync(_client);

        Assert.Equal(type, page.Types[name]);
        var samples = page.Samples.Where(s => s.Name == name || s.Name == $"{name}_count").ToList();
        Assert.Contains(samples, s => s.Labels["model"] == Shipped.Default && s.Labels["version"] == "1" && s.Labels["task"] == "classification");
    }

    [Fact]
    public async Task Histograms_OfOneRequest_HoldItOnce()
    {
        var page = await MetricsPage.ReadAsync(_client);

        foreach (var stage in new[] { "request", "tokenize", "queue", "compute" })
        {
            Assert.Equal(1, page.Sum($"seqserve_{stage}_duration_seconds_count"));
            Assert.Equal(1, page.Sum($"seqserve_{stage}_duration_seconds_bucket", ("le", "+Inf")));
        }
    }

    [Fact]
    public async Task Tokens_OfTheRuns_AreTheRequestsAndNoLessWithPadding()
    {
        var page = await MetricsPage.ReadAsync(_client);

        var answer = await _client.ClassifyAsync(new { inputs = new[] { Calls.Review, "good", "bad" } }).ReadAsync();
        Assert.Equal(answer.GetProperty("usage").GetProperty("input_tokens").GetInt32(), page.Sum("seqserve_tokens_useful_total"));
        Assert.True(page.Sum("seqserve_tokens_computed_total") >= page.Sum("seqserve_tokens_useful_total"));
        Assert.Equal(3, page.Sum("seqserve_batch_size_sum"));
        Assert.Equal(page.Sum("seqserve_runs_total"), page.Sum("seqserve_batch_size_count"));
    }

    [Fact]
    public async Task ModelState_OfEveryModel_IsOneForReadyAlone()
    {
        var page = await MetricsPage.ReadAsync(_client);

        Assert.Equal(Shipped.Names.Count, page.Sum("seqserve_model_state", ("state", "Ready")));
        Assert.Equal(Shipped.Names.Count, page.Sum("seqserve_model_state"));
        Assert.Equal(4 * Shipped.Names.Count, page.Samples.Count(s => s.Name == "seqserve_model_state"));
        Assert.True(page.Samples.Where(s => s.Name == "seqserve_model_load_seconds").All(s => s.Value > 0));
    }

    [Fact]
    public async Task LabelValues_AfterRequestsOfAllKinds_NeverComeFromARequest()
    {
        await _client.ClassifyAsync(new { inputs = "good", model = "injected-name" }).AsProblemAsync(404, "model-not-found");
        await _client.ClassifyAsync(new { inputs = "good", model = Shipped.Default, version = 4711 }).AsProblemAsync(404, "model-not-found");
        await _client.GetAsync(new Uri("/v1/injected-route", UriKind.Relative)).AsProblemAsync(404, "not-found");

        var page = await MetricsPage.ReadAsync(_client);

        var ours = page.Samples.Where(s => s.Name.StartsWith("seqserve_", StringComparison.Ordinal)).ToList();
        Assert.All(ours, s => Assert.Contains(s.Labels["model"], Shipped.Names.Append("")));
        Assert.All(
            ours,
            s => Assert.Equal(
                s.Labels["model"].Length == 0 ? "" : Shipped.Version(s.Labels["model"]).ToString(CultureInfo.InvariantCulture),
                s.Labels["version"]));
        Assert.All(ours, s => Assert.Subset(new HashSet<string> { "model", "version", "task", "state", "outcome", "le" }, s.Labels.Keys.ToHashSet()));
        Assert.Equal(3, page.Requests("client_error"));
    }

    [Fact]
    public async Task Requests_OfProbesAndPages_AreNotCounted()
    {
        (await _client.GetAsync(new Uri("/health/ready", UriKind.Relative))).Dispose();
        (await _client.GetAsync(new Uri("/swagger/v1/swagger.json", UriKind.Relative))).Dispose();

        Assert.Equal(1, (await MetricsPage.ReadAsync(_client)).Sum("seqserve_requests_total"));
    }
}
