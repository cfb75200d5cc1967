using System.Text.Json;
using System.Text.Json.Serialization;
using SeqServe.Core.Files;

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
            return folder is not null
                && JsonSerializer.Deserialize(RegularFile.Read(PathOf(key), MaxBytes), PlanJson.Default.BatchPlan) is { IsSound: true } plan
                ? plan
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FileRefusedException or JsonException)
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
            // Written beside and moved, so that half a file is never read; and into a new file, since one that is there may be a pipe that nobody reads.
            var draft = PathOf($"{key}.{Guid.NewGuid():N}");
            try
            {
                using (var stream = new FileStream(draft, FileMode.CreateNew, FileAccess.Write))
                    JsonSerializer.Serialize(stream, plan, PlanJson.Default.BatchPlan);
                File.Move(draft, PathOf(key), overwrite: true);
            }
            finally
            {
                File.Delete(draft);
            }
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
