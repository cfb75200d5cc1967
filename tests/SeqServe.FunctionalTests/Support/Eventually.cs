namespace SeqServe.FunctionalTests.Support;

/// <summary>Waits for what a server does of itself and no answer reports.</summary>
internal static class Eventually
{
    public static async Task IsTrueAsync(Func<bool> condition)
    {
        for (var i = 0; i < 3000 && !condition(); i++)
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        Assert.True(condition(), "It did not happen in 30 s.");
    }
}
