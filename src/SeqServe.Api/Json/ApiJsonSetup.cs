using System.Text.Json;

namespace SeqServe.Api.Json;

/// <summary>Makes the framework write JSON as <see cref="ApiJson"/> does.</summary>
internal static class ApiJsonSetup
{
    public static void Configure(JsonSerializerOptions options)
    {
        var ours = ApiJson.Answers.Options;
        options.PropertyNamingPolicy = ours.PropertyNamingPolicy;
        options.DefaultIgnoreCondition = ours.DefaultIgnoreCondition;
        options.UnmappedMemberHandling = ours.UnmappedMemberHandling;
        options.Encoder = ours.Encoder;
        options.TypeInfoResolverChain.Insert(0, ApiJson.Answers);
    }
}
