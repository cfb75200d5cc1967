using SeqServe.Api.Configuration;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Api.Configuration;

public sealed class ShippedModelsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Find_BesideTheProgram_ComesFirst()
    {
        _folder.Write("app/models/a/model.json", "{}");
        _folder.Write("models/a/model.json", "{}");

        Assert.Equal(_folder.Of("app", "models"), ShippedModels.Find(_folder.Of("app")));
    }

    [Fact]
    public void Find_AboveTheProgram_PassesOverFoldersWithoutModels()
    {
        _folder.Write("models/a/model.json", "{}");
        _folder.Write("src/models/Model.cs", "");

        Assert.Equal(_folder.Of("models"), ShippedModels.Find(_folder.Of("src", "bin", "Release")));
    }

    [Fact]
    public void Find_None_SaysWhatToSet()
    {
        var refused = Assert.Throws<DirectoryNotFoundException>(() => ShippedModels.Find(_folder.Path));

        Assert.Contains("SeqServe__ModelRepository", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Find_InAClone_IsItsModels() => Assert.Equal(RepositoryRoot.Models, ShippedModels.Find(AppContext.BaseDirectory));
}
