using System.Reflection;
using System.Runtime.InteropServices;
using SeqServe.Onnx.Isolation;

namespace SeqServe.Api.Hosting;

/// <summary>The command <c>worker</c>, by which the server starts a process for a model's graph. Not for people.</summary>
internal static class WorkerCommand
{
    public const string Command = "worker";

    private const string Dotnet = "dotnet";

    /// <summary>Runs the graph that standard input names.</summary>
    /// <returns>The exit code.</returns>
    public static int Run() => WorkerProgram.Run();

    /// <summary>This program again, however it was started; where another program hosts the server, the one beside it.</summary>
    public static WorkerLaunch Launch()
    {
        var assembly = typeof(WorkerCommand).Assembly;
        var program = Environment.ProcessPath ?? Dotnet;
        var isDotnet = Path.GetFileNameWithoutExtension(program).Equals(Dotnet, StringComparison.OrdinalIgnoreCase);
        if (assembly.Location.Length == 0 || (!isDotnet && Assembly.GetEntryAssembly() == assembly))
            return new WorkerLaunch(program, [Command]);
        return new WorkerLaunch(isDotnet ? program : FindDotnet(), [assembly.Location, Command]);
    }

    // Runtimes lie in shared/<name>/<version> beside it.
    private static string FindDotnet()
    {
        var name = OperatingSystem.IsWindows() ? "dotnet.exe" : Dotnet;
        var beside = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", name));
        return File.Exists(beside) ? beside : Dotnet;
    }
}
