using System.Net;
using System.Text.Json;
using SeqServe.FunctionalTests.Support;

namespace SeqServe.FunctionalTests.Documentation;

[Collection(ShippedSuite.Name)]
public sealed class SwaggerTests(ShippedServer server)
{
    public static TheoryData<string> Operations => [.. ErrorTable.Operations];

    [Fact]
    public async Task Document_Always_HasTheOperationsOfTheTestsAndNoOther()
    {
        var document = await ReadAsync();

        Assert.StartsWith("3.", document.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        Assert.Equal(ErrorTable.Operations.Order(), document.Operations().Select(o => o.Name).Order());
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task Statuses_Documented_AreTheOnesTheTestsProvoke(string name)
    {
        var operation = (await ReadAsync()).Operations().Single(o => o.Name == name);

        var documented = operation.Node.GetProperty("responses").EnumerateObject()
            .Select(r => int.Parse(r.Name, System.Globalization.CultureInfo.InvariantCulture));
        var provoked = ErrorTable.Rows.Where(r => r.Operation == name).Select(r => r.Status).Append(200).Distinct();
        Assert.Equal(provoked.Order(), documented.Order());
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task ProblemExamples_OfEachStatus_AreTheKindsTheTestsProvoke(string name)
    {
        var operation = (await ReadAsync()).Operations().Single(o => o.Name == name);

        foreach (var status in ErrorTable.Rows.Where(r => r.Operation == name).GroupBy(r => r.Status))
        {
            var response = operation.Node.GetProperty("responses").GetProperty($"{status.Key}");
            var isOpenAI = status.First().IsOpenAI;
            var examples = response.GetProperty("content").GetProperty(isOpenAI ? OpenAIErrors.MediaType : "application/problem+json").GetProperty("examples");
            Assert.Equal(status.Select(r => r.Slug).Distinct().Order(), examples.EnumerateObject().Select(e => e.Name).Order());
            Assert.All(examples.EnumerateObject(), e => AssertIsExample(e.Value.GetProperty("value"), e.Name, status.Key, isOpenAI));
            Assert.Equal(status.Key is 429 or 503, response.TryGetProperty("headers", out var headers) && headers.TryGetProperty("Retry-After", out _));
        }
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task Operation_Always_SaysWhatItDoes(string name)
    {
        var operation = (await ReadAsync()).Operations().Single(o => o.Name == name);

        Assert.False(string.IsNullOrWhiteSpace(operation.Node.GetProperty("summary").GetString()));
        Assert.All(
            operation.Node.GetProperty("responses").EnumerateObject(),
            r => Assert.False(string.IsNullOrWhiteSpace(r.Value.GetProperty("description").GetString())));
        if (operation.Node.TryGetProperty("parameters", out var parameters))
            Assert.All(parameters.EnumerateArray(), p => Assert.False(string.IsNullOrWhiteSpace(p.GetProperty("description").GetString())));
    }

    [Fact]
    public async Task Property_OfEverySchema_HasADescription()
    {
        var silent = (await ReadAsync()).Properties().Where(p => !p.Node.TryGetProperty("description", out _)).Select(p => p.Name);

        Assert.Empty(silent);
    }

    [Fact]
    public async Task Property_OfEverySchema_HasAnExampleOfItsOwnOrOfItsParts()
    {
        var document = await ReadAsync();

        var without = document.Properties().Where(p => !p.Node.HasExample() && !p.Node.RefersToSchema()).Select(p => p.Name);

        Assert.Empty(without);
    }

    [Fact]
    public async Task RequestExample_OfClassify_IsAnswered()
    {
        var request = (await ReadAsync()).GetProperty("components").GetProperty("schemas").GetProperty("ClassifyRequest");
        var example = request.GetProperty("properties").EnumerateObject()
            // The shipped classifiers read no pairs.
            .Where(p => p.Name != "text_pair")
            .ToDictionary(p => p.Name, p => p.Value.GetProperty("example"));

        var answer = await server.Client.ClassifyAsync(example).ReadAsync();

        Assert.Single(answer.Results());
    }

    [Fact]
    public async Task Page_ForPeople_IsServedAndNamesTheDocument()
    {
        using var page = await server.Client.GetAsync(new Uri("/swagger/index.html", UriKind.Relative));
        var script = await server.Client.GetStringAsync(new Uri("/swagger/index.js", UriKind.Relative));

        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Equal("text/html", page.Content.Headers.ContentType?.MediaType);
        Assert.Contains("/swagger/v1/swagger.json", script, StringComparison.Ordinal);
    }

    private static void AssertIsExample(JsonElement problem, string slug, int status, bool isOpenAI)
    {
        if (isOpenAI)
        {
            Assert.Equal(OpenAIErrors.CodeOf(slug), problem.GetProperty("error").GetProperty("code").GetString());
            return;
        }

        Assert.Equal($"/problems/{slug}", problem.GetProperty("type").GetString());
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        Assert.NotEmpty(problem.GetProperty("detail").GetString()!);
    }

    private Task<JsonElement> ReadAsync() => server.Client.GetAsync(new Uri("/swagger/v1/swagger.json", UriKind.Relative)).ReadAsync();
}
