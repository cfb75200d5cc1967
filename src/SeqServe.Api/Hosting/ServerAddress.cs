using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace SeqServe.Api.Hosting;

/// <summary>The address a person can open.</summary>
internal sealed class ServerAddress(IServer server)
{
    /// <summary>The first address listened on, with a wildcard host made <c>localhost</c>; empty without a network server.</summary>
    public string Find()
    {
        var address = server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? "";
        return address.Replace("[::]", "localhost", StringComparison.Ordinal)
            .Replace("0.0.0.0", "localhost", StringComparison.Ordinal)
            .Replace("//*", "//localhost", StringComparison.Ordinal)
            .Replace("//+", "//localhost", StringComparison.Ordinal);
    }
}
