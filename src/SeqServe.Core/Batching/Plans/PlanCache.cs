using System.Text.Json;
using System.Text.Json.Serialization;

namespace SeqServe.Core.Batching.Plans;

/// <summary>Plans measured before, a small file each. A convenience only: what cannot be read, or cannot have been measured, is measured again.</summary>
/// <param name="folder">The folder of the files, or null to keep none.</param>
internal sealed class PlanCache(string? folder)
{
    // A grid has some thirty points of less than a hundred bytes.
    private const int MaxBytes = 64 * 1024;

    /// <summary>The plan of a key, or null.</summary>
    public BatchPlan? Find(string key)
    {
        try
        {
            // What is no regular file has no length; reading it might never end.
            if (folder is null || new FileInfo(PathOf(key)) is not { Exists: true, Length: > 0 and <= MaxBytes })
                return null;
            return JsonSerializer.Deserialize(File.ReadAllBytes(PathOf(key)), PlanJson.Default.BatchPlan) is { IsSound: true } plan ? plan : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Keeps a plan.</summary>
    public void Keep(string key, BatchPlan plan)
    {
        if (folder is null)
            return;
        try
        {
            Directory.CreateDirectory(folder);
            // Written beside and moved, so that half a file is never read.
            var draft = PathOf($"{key}.{Environment.ProcessId}");
            File.WriteAllBytes(draft, JsonSerializer.SerializeToUtf8Bytes(plan, PlanJson.Default.BatchPlan));
            File.Move(draft, PathOf(key), overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A read-only file system is a usual place for a server.
        }
    }

    private string PathOf(string key) => Path.Combine(folder!, key + ".json");
}

/// <summary>Source-generated JSON of a kept plan.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, IgnoreReadOnlyProperties = true)]
[JsonSerializable(typeof(BatchPlan))]
internal sealed partial class PlanJson : JsonSerializerContext;
