using System.Net;
using Microsoft.Extensions.Options;

namespace SeqServe.Api.Configuration;

/// <summary>Addresses to listen on, read before the web server does, which stops at the first that it cannot read and does not say where it stands.</summary>
internal static class ListenAddresses
{
    /// <summary>Checks addresses as they are configured.</summary>
    /// <param name="key">The configuration key that they are from.</param>
    /// <param name="addresses">The addresses.</param>
    /// <exception cref="OptionsValidationException">Some cannot be listened on; all of them are listed.</exception>
    public static void Check(string key, IEnumerable<string> addresses)
    {
        var faults = addresses.Where(address => Fault(address) is not null).Select(address => $"{key} = {address}: {Fault(address)}").ToList();
        if (faults.Count > 0)
            throw new OptionsValidationException(key, typeof(SeqServeOptions), faults);
    }

    /// <summary>What is wrong with an address, or null.</summary>
    internal static string? Fault(string address)
    {
        const string Form = "is no address to listen on; write http://<host>:<port>, such as http://localhost:8080";
        BindingAddress parsed;
        try
        {
            parsed = BindingAddress.Parse(address);
        }
        catch (FormatException)
        {
            return Form;
        }

        if (!parsed.Scheme.Equals("http", StringComparison.OrdinalIgnoreCase) && !parsed.Scheme.Equals("https", StringComparison.OrdinalIgnoreCase))
            return Form;
        if (parsed.IsUnixPipe || parsed.IsNamedPipe)
            return null;
        if (parsed.Port is < IPEndPoint.MinPort or > IPEndPoint.MaxPort)
            return $"has no port; ports are {IPEndPoint.MinPort}–{IPEndPoint.MaxPort}";
        return parsed.Host.Length == 0 || parsed.Host.Contains(':', StringComparison.Ordinal) && !parsed.Host.StartsWith('[') ? Form
            : parsed.PathBase.Length > 0 ? "has a path; addresses to listen on have none"
            : null;
    }
}
