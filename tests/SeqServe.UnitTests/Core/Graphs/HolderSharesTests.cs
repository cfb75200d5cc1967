using SeqServe.Core.Graphs;

namespace SeqServe.UnitTests.Core.Graphs;

public sealed class HolderSharesTests
{
    private static readonly SequenceHolder s_anna = new("anna", 2);
    private static readonly SequenceHolder s_bert = new("bert", 2);

    [Fact]
    public void HasRoom_OfTheOnlyHolder_IsAllThereIs()
    {
        var shares = new HolderShares(10, 1);
        shares.Add(SequenceHolder.Only, 9);

        Assert.Equal((true, false, 10L), (shares.HasRoom(SequenceHolder.Only, 1), shares.HasRoom(SequenceHolder.Only, 2), shares.MostOf(SequenceHolder.Only)));
    }

    [Fact]
    public void HasRoom_OfAHolderWhoTookAllItCan_LeavesTheOthersTheirPart()
    {
        var shares = new HolderShares(16, 1);

        // Half and a quarter.
        Assert.Equal((true, false, 12L), (shares.HasRoom(s_anna, 12), shares.HasRoom(s_anna, 13), shares.MostOf(s_anna)));
        shares.Add(s_anna, 12);

        Assert.Equal((true, false), (shares.HasRoom(s_bert, 4), shares.HasRoom(s_bert, 5)));
        shares.Add(s_bert, 4);
        Assert.Equal((16, false, false), (shares.Held, shares.HasRoom(s_anna, 1), shares.HasRoom(s_bert, 1)));
    }

    [Fact]
    public void Add_OfLess_MakesRoomForTheOtherAgain()
    {
        var shares = new HolderShares(16, 1);
        shares.Add(s_anna, 12);
        shares.Add(s_anna, -8);

        Assert.Equal((true, false), (shares.HasRoom(s_bert, 12), shares.HasRoom(s_bert, 13)));
        shares.Add(s_anna, -4);
        Assert.Equal(0, shares.Held);
    }

    [Fact]
    public void HasRoom_AllButOneOfManyTogether_StillLeaveTheLastItsPart()
    {
        var shares = new HolderShares(100, 1);
        var holders = Enumerable.Range(0, 10).Select(i => new SequenceHolder($"{i}", 10)).ToList();
        foreach (var greedy in holders[1..])
        {
            while (shares.HasRoom(greedy, 1))
                shares.Add(greedy, 1);
        }

        Assert.Equal((95, true, false), (shares.Held, shares.HasRoom(holders[0], 5), shares.HasRoom(holders[0], 6)));
    }

    [Fact]
    public void HasRoom_WherePartsAreLessThanAUnit_IsForWhoComesFirst()
    {
        // A quarter is 6, of which 4 are a unit; and 3, which is none.
        Assert.Equal((20, 12), (new HolderShares(24, 4).MostOf(s_anna), new HolderShares(12, 4).MostOf(s_anna)));
    }
}
