namespace SeqServe.UnitTests.Core.Repository.Manifests;

public class VersionPolicyTests
{
    [Theory]
    [InlineData("{\"latest\": 1}", 10)]
    [InlineData("{\"latest\": 2}", 2, 10)]
    [InlineData("{\"latest\": 9}", 1, 2, 10)]
    [InlineData("\"all\"", 1, 2, 10)]
    [InlineData("{\"specific\": [10, 1, 1]}", 1, 10)]
    [InlineData("{\"specific\": [7]}", 7)]
    public void Select_OfPresentVersions_FollowsThePolicy(string policy, params int[] expected) =>
        Assert.Equal(expected, Manifests.Read(json => Manifests.Set(json, "version_policy", policy)).VersionPolicy.Select([10, 1, 2]));

    [Theory]
    [InlineData("\"latest\"")]
    [InlineData("3")]
    [InlineData("{}")]
    [InlineData("{\"latest\": 0}")]
    [InlineData("{\"latest\": \"1\"}")]
    [InlineData("{\"latest\": 1, \"specific\": [1]}")]
    [InlineData("{\"specific\": []}")]
    [InlineData("{\"specific\": [0]}")]
    [InlineData("{\"specific\": 1}")]
    [InlineData("{\"newest\": 1}")]
    public void Read_OtherPolicy_IsAFault(string policy) =>
        Assert.Equal("version_policy", Assert.Single(Manifests.Refuse("version_policy", policy).Errors).Key);
}
