using SeqServe.Api.Configuration;

namespace SeqServe.UnitTests.Api.Configuration;

public class SeqServeOptionsTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("data", "")]
    [InlineData("/home/app/.local/share", "/home/app/.local/share/seqserve/plans")]
    public void PlanCache_ByTheUsersFolder_IsNeverInTheWorkingDirectory(string data, string plans) =>
        Assert.Equal(plans, SeqServeOptions.PlansIn(data).Replace('\\', '/'));

    [Fact]
    public void PlanCache_OfThisUser_IsARootedPathOrNone() =>
        Assert.True(new SeqServeOptions().PlanCache is var folder && (folder.Length == 0 || Path.IsPathRooted(folder)), folder);
}
