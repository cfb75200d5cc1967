namespace SeqServe.Api.Hosting;

/// <summary>The command <c>healthcheck</c>: asks a running server whether it is ready, for containers that have no shell or curl.</summary>
internal static class HealthProbe
{
    public const string Command = "healthcheck";
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(3);

    /// <summary>Asks <c>/health/ready</c> on this machine.</summary>
    /// <param name="args">Optionally the port after the command; default that of <c>ASPNETCORE_URLS</c>, else <c>ASPNETCORE_HTTP_PORTS</c>, else 8080.</param>
    /// <returns>The exit code: 0 when ready, 1 otherwise.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        var port = args.Length > 1 ? args[1] : ConfiguredPort();
        // Docker puts the host's proxy into a container's environment; the way to one's own port never leads through it.
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = s_patience };
        try
        {
            using var answer = await client.GetAsync(new Uri($"http://127.0.0.1:{port}/health/ready"));
            await Console.Out.WriteLineAsync(await answer.Content.ReadAsStringAsync());
            return answer.IsSuccessStatusCode ? 0 : 1;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException or UriFormatException)
        {
            await Console.Error.WriteLineAsync($"The server does not answer on port {port}: {e.Message}");
            return 1;
        }
    }

    private static string ConfiguredPort()
    {
        // "http://+:9000;https://…": the port is behind the last colon.
        var urls = Environment.GetEnvironmentVariable("ASPNETCORE_URLS")?.Split(';');
        var url = urls?.FirstOrDefault(u => u.StartsWith("http:", StringComparison.OrdinalIgnoreCase));
        return url?.TrimEnd('/').Split(':')[^1] ?? Environment.GetEnvironmentVariable("ASPNETCORE_HTTP_PORTS")?.Split(';')[0] ?? "8080";
    }
}
