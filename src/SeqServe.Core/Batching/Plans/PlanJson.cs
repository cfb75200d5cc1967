using System.Text.Json.Serialization;

namespace SeqServe.Core.Batching.Plans;

/// <summary>Source-generated JSON of a kept plan.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, IgnoreReadOnlyProperties = true)]
[JsonSerializable(typeof(BatchPlan))]
internal sealed partial class PlanJson : JsonSerializerContext;
