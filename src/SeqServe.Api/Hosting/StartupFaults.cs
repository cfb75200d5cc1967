using System.Reflection;
using Microsoft.Extensions.Options;
using SeqServe.Core.Backends;

namespace SeqServe.Api.Hosting;

/// <summary>Faults that the person who starts the server can fix: written as a few lines instead of a stack trace.</summary>
internal static class StartupFaults
{
    /// <summary>Whether a fault is of that kind. A test host wants the exception itself.</summary>
    public static bool CanDescribe(Exception fault) =>
        Assembly.GetEntryAssembly() == typeof(StartupFaults).Assembly && Lines(fault).Any();

    /// <summary>Writes the fault to standard error.</summary>
    /// <returns>The exit code.</returns>
    public static int Describe(Exception fault)
    {
        Console.Error.WriteLine("SeqServe cannot start:");
        foreach (var line in Lines(fault))
            Console.Error.WriteLine($"  {line}");
        return 1;
    }

    private static IEnumerable<string> Lines(Exception fault) => fault switch
    {
        OptionsValidationException options => options.Failures,
        DirectoryNotFoundException or UnauthorizedAccessException or BackendException => [fault.Message],
        IOException { InnerException: Microsoft.AspNetCore.Connections.AddressInUseException } =>
            [$"{fault.Message} Stop the other server or choose another port with --urls."],
        _ => [],
    };
}
