namespace SeqServe.Api.Configuration;

/// <summary>Finds the models that ship with the server.</summary>
internal static class ShippedModels
{
    private const string Folder = "models";

    /// <summary>The <c>models</c> folder beside the program (published, container), else the one at the root of the clone it was built in.</summary>
    /// <param name="programFolder">Where the program's files are.</param>
    /// <exception cref="DirectoryNotFoundException">There is none.</exception>
    public static string Find(string programFolder)
    {
        for (var folder = new DirectoryInfo(programFolder); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, Folder);
            if (Directory.Exists(candidate) && Directory.EnumerateDirectories(candidate).Any(d => File.Exists(Path.Combine(d, "model.json"))))
                return candidate;
        }

        throw new DirectoryNotFoundException(
            $"No models/ folder is beside the program or above it ({programFolder}). Set SeqServe__ModelRepository to the folder of your models.");
    }
}
