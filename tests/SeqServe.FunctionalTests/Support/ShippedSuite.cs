namespace SeqServe.FunctionalTests.Support;

/// <summary>The tests that share one server with the shipped models.</summary>
[CollectionDefinition(Name)]
public sealed class ShippedSuite : ICollectionFixture<ShippedServer>
{
    public const string Name = "shipped models";
}
