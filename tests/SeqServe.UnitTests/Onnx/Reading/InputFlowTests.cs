using SeqServe.Onnx.Files;
using SeqServe.TestSupport.Onnx;

namespace SeqServe.UnitTests.Onnx.Reading;

/// <summary>Which inputs can be at fault when an operator fails.</summary>
public sealed class InputFlowTests
{
    private static readonly OnnxTensor[] s_inputs =
    [
        new("x", OnnxGraph.FloatType, 0, 4), new("ids", OnnxGraph.LongType, 0), new("more", OnnxGraph.LongType, 0),
    ];

    private static readonly OnnxWeights s_table = new("table", [2, 4], 1f, 2f, 3f, 4f, 5f, 6f, 7f, 8f);

    [Fact]
    public void InputsOf_AnOperatorThatSomeInputsReach_AreThose()
    {
        var file = Read(
            new OnnxNode("Abs", ["ids"], ["whole"]),
            new OnnxNode("Gather", ["table", "whole"], ["words"]) { Name = "embed" },
            new OnnxNode("Add", ["words", "x"], ["y"]) { Name = "sum" });

        Assert.Equal(["ids"], file.InputsOf("Gather", "embed"));
        Assert.Equal(["x", "ids"], file.InputsOf("Add", "sum"));
    }

    [Fact]
    public void InputsOf_OperatorsWithoutNames_AreThoseOfAllOfTheirType()
    {
        var file = Read(
            new OnnxNode("Gather", ["table", "ids"], ["words"]),
            new OnnxNode("Gather", ["table", "more"], ["others"]),
            new OnnxNode("Add", ["words", "others"], ["y"]));

        Assert.Equal(["ids", "more"], file.InputsOf("Gather", ""));
    }

    [Fact]
    public void InputsOf_AnOperatorOfABranch_AreThoseOfAllThatTheBranchReads()
    {
        var branch = OnnxGraph.Graph([], [ReadGraphs.Y], [new OnnxNode("Gather", ["table", "more"], ["y"]) { Name = "inner" }]);
        var file = Read(
            new OnnxNode("Equal", ["ids", "ids"], ["condition"]),
            new OnnxNode("If", ["condition"], ["y"]) { Attributes = new Dictionary<string, object> { ["then_branch"] = branch, ["else_branch"] = branch } });

        Assert.Equal(["ids", "more"], file.InputsOf("Gather", "inner"));
    }

    [Fact]
    public void InputsOf_AnOperatorThatAllReachOrNobodyKnows_AreNone()
    {
        var file = Read(
            new OnnxNode("Gather", ["x", "ids"], ["words"]), new OnnxNode("Gather", ["words", "more"], ["y"]) { Name = "all" });

        Assert.Empty(file.InputsOf("Gather", "all"));
        Assert.Empty(file.InputsOf("FusedGather", "all"));
    }

    private static GraphFile Read(params OnnxNode[] nodes) => ReadGraphs.Read(s_inputs, nodes, s_table);
}
