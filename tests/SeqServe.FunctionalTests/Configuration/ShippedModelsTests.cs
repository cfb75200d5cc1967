using Microsoft.Extensions.DependencyInjection;
using SeqServe.Core.Registry;
using SeqServe.Core.Repository;
using SeqServe.FunctionalTests.Support;

namespace SeqServe.FunctionalTests.Configuration;

[Collection(ShippedSuite.Name)]
public sealed class ShippedModelsTests(ShippedServer server)
{
    [Fact]
    public void Repository_NotConfigured_IsTheOneThatShips()
    {
        var root = server.Services.GetRequiredService<FileModelRepository>().Root;

        Assert.Equal("models", Path.GetFileName(root));
        Assert.True(File.Exists(Path.Combine(root, Shipped.Default, "model.json")));
    }

    [Fact]
    public void Registry_NotConfigured_HasEveryShippedModelReady()
    {
        var models = server.Services.GetRequiredService<ModelRegistry>().List();

        Assert.Equal(Shipped.Names, models.Select(m => m.Name));
        Assert.All(models, m => Assert.True(m.IsReady, m.Name));
    }
}
