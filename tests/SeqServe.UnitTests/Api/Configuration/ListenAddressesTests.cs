using Microsoft.Extensions.Options;
using SeqServe.Api.Configuration;

namespace SeqServe.UnitTests.Api.Configuration;

public sealed class ListenAddressesTests
{
    [Theory]
    [InlineData("http://localhost:8080")]
    [InlineData("HTTP://*:0")]
    [InlineData("http://+:80/")]
    [InlineData("http://[::]:8080")]
    [InlineData("https://127.0.0.1:65535")]
    [InlineData("http://localhost")]
    [InlineData("http://unix:/run/seqserve.sock")]
    public void Fault_OfAnAddress_IsNone(string address) => Assert.Null(ListenAddresses.Fault(address));

    [Theory]
    [InlineData("")]
    [InlineData("8080")]
    [InlineData("localhost:8080")]
    [InlineData("http://")]
    [InlineData("http://:8080")]
    [InlineData("http://localhost:eighty")]
    [InlineData("http://localhost:8080:8081")]
    [InlineData("ftp://localhost:8080")]
    [InlineData("http://localhost:65536")]
    [InlineData("http://localhost:-1")]
    [InlineData("http://localhost:8080/path")]
    public void Check_OfSomethingElse_NamesKeyAndAddress(string address)
    {
        var refusal = Assert.Throws<OptionsValidationException>(() => ListenAddresses.Check("urls", ["http://localhost:1", address]));

        Assert.StartsWith($"urls = {address}: ", Assert.Single(refusal.Failures), StringComparison.Ordinal);
    }
}
