using System.Net.Sockets;
using System.Reflection;
using Microsoft.Extensions.Options;
using SeqServe.Core.Backends;

namespace SeqServe.Api.Hosting;

/// <summary>Faults that the person who starts the server can fix: written as a few lines instead of a stack trace.</summary>
internal static class StartupFaults
{
    private const string Addresses =
        "--urls, ASPNETCORE_HTTP_PORTS and SeqServe__GrpcPort must name addresses of this machine, and ports that this user may open.";

    // Where exceptions come from that say that what they read is wrong.
    private static readonly string[] s_readers = ["Microsoft.AspNetCore.Server.Kestrel", "Microsoft.Extensions.Configuration", "Serilog"];

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

    /// <summary>What the person has to change; nothing for a fault of the server's own.</summary>
    internal static IEnumerable<string> Lines(Exception fault) => fault switch
    {
        OptionsValidationException options => options.Failures,
        DirectoryNotFoundException or UnauthorizedAccessException or BackendException => [fault.Message],
        IOException { InnerException: Microsoft.AspNetCore.Connections.AddressInUseException } =>
            [$"{fault.Message} Stop the other server or choose another port with --urls."],
        SocketException => [$"An address to listen on cannot be had: {fault.Message}. {Addresses}"],
        // An address that the web server or the configuration itself cannot take, such as https without a certificate.
        InvalidOperationException or InvalidDataException or FormatException when IsOfConfiguration(fault) => [fault.Message],
        _ => [],
    };

    private static bool IsOfConfiguration(Exception fault) =>
        s_readers.Any(reader => fault.Source?.StartsWith(reader, StringComparison.Ordinal) == true);
}
