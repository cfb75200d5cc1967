using System.Text.Json;
using SeqServe.LoadTest;

if (LoadOptions.Parse(args, out var fault) is not { } options)
{
    Console.Error.WriteLine(fault);
    Console.Error.WriteLine(LoadOptions.Usage);
    return 2;
}

// One thread waits for all connections and goes on with each of them itself: a hand-off to the thread pool would cost more than the rest of a request.
Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");
Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT", "1");
var results = new List<LoadResult>();
for (var turn = 0; turn < options.Turns; turn++)
{
    foreach (var target in options.Targets)
        results.Add(await LoadRun.RunAsync(target, options, Console.Error));
}

ResultTable.Write(results, options, Console.Out);
if (options.JsonFile is { } file)
    await File.WriteAllTextAsync(file, JsonSerializer.Serialize(results, ResultTable.Json));
return results.All(r => r.Ok > 0) ? 0 : 1;
