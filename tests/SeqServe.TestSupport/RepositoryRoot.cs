namespace SeqServe.TestSupport;

/// <summary>Finds the files of the clone that the tests were built in.</summary>
public static class RepositoryRoot
{
    /// <summary>The clone's folder: the first one above the test's program that holds the solution.</summary>
    public static string Folder { get; } = Find();

    /// <summary>The models that ship, or those that a recipe has just made, of the folder that SEQSERVE_SHELF names.</summary>
    public static string Models { get; } = Environment.GetEnvironmentVariable("SEQSERVE_SHELF") ?? Path.Combine(Find(), "models");

    /// <summary>The folder of a shipped model.</summary>
    public static string Model(string name) => Path.Combine(Models, name);

    /// <summary>The absolute path of something in the clone.</summary>
    public static string Of(params ReadOnlySpan<string> parts) => Path.Combine([Folder, .. parts]);

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "SeqServe.sln")))
                return folder.FullName;
        }

        throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} holds SeqServe.sln; run the tests in a clone.");
    }
}
