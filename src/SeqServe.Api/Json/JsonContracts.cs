using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace SeqServe.Api.Json;

/// <summary>The source-generated JSON of a facade whose routes the OpenAPI document describes. Such a facade registers one.</summary>
/// <param name="Contracts">Its contracts.</param>
internal sealed record FacadeJson(JsonSerializerContext Contracts);

/// <summary>Options of JSON that several facades have in common.</summary>
internal static class JsonContracts
{
    /// <summary>The options for writing: answers are JSON with nosniff, never part of a page, so é and ' need no escape.</summary>
    public static JsonSerializerOptions ForAnswers(this JsonSerializerOptions options) =>
        new(options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Makes the document that describes the API name fields as the contracts do.</summary>
    public static void DescribeAs(this JsonSerializerOptions options, IEnumerable<FacadeJson> facades)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        var place = 0;
        foreach (var facade in facades)
            options.TypeInfoResolverChain.Insert(place++, facade.Contracts);
    }
}
