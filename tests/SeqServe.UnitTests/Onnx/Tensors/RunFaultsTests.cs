using SeqServe.Onnx.Tensors;

namespace SeqServe.UnitTests.Onnx.Tensors;

/// <summary>Messages of ONNX Runtime 1.31, as it gave them for values of a caller.</summary>
public class RunFaultsTests
{
    private const string Node = "Non-zero status code returned while running";

    [Theory]
    [InlineData(
        $"[ErrorCode:InvalidArgument] {Node} Gather node. Name:'' Status Message: indices element out of data bounds, idx=10 must be within the range [-10,9]",
        "node Gather cannot take these values: indices element out of data bounds, idx=10 must be within the range [-10,9]")]
    [InlineData(
        $"[ErrorCode:Fail] {Node} Add node. Name:'add_1' Status Message: /onnxruntime_src/onnxruntime/core/providers/cpu/math/element_wise_ops.h:563 "
        + "void onnxruntime::BroadcastIterator::Init(ptrdiff_t, ptrdiff_t) axis == 1 || axis == largest was false. Attempting to broadcast. 2 by 3\n",
        "node Add cannot take these values: Attempting to broadcast. 2 by 3")]
    [InlineData(
        $"[ErrorCode:Fail] {Node} Concat node. Name:'' Status Message: concatbase.h:133 PrepareForComputeImpl Non concat axis dimensions must match",
        "node Concat cannot take these values: Non concat axis dimensions must match")]
    [InlineData(
        $"[ErrorCode:RuntimeException] {Node} Cast node. Name:'' Status Message: stod",
        "node Cast cannot take these values: a text is not the number that it should be")]
    [InlineData(
        $"[ErrorCode:Fail] {Node} Expand node. Name:'' Status Message: /onnxruntime_src/onnxruntime/core/framework/op_kernel.cc:87 virtual OrtValue* "
        + "onnxruntime::OpKernelContext::OutputMLValue(int, const onnxruntime::TensorShape&) "
        + "[ONNXRuntimeError] : 1 : FAIL : tensor.cc:57 StorageSize Tensor shape.Size() must be >= 0",
        "node Expand cannot take these values: Tensor shape.Size() must be >= 0")]
    [InlineData(
        $"[ErrorCode:Fail] {Node} Expand node. Name:'' Status Message: /onnxruntime_src/onnxruntime/core/framework/bfc_arena.cc:360 void* "
        + "onnxruntime::BFCArena::AllocateRawInternal(size_t, bool, onnxruntime::Stream*) Failed to allocate memory for requested buffer of size 40000000000",
        "node Expand needs 40,000,000,000 bytes for these, more than the 2,147,483,648 that runs may take")]
    [InlineData($"[ErrorCode:Fail] {Node} Tile node. Name:'' Status Message: std::bad_alloc", "node Tile needs more memory for these than a run may take")]
    [InlineData($"[ErrorCode:InvalidArgument] {Node} Conv node. Name:'' Status Message: ", "node Conv cannot take these values")]
    public void OfInputs_WhatAKernelRefuses_IsToldInPlainWords(string message, string expected) => Assert.Equal(expected, RunFaults.OfInputs(message));

    [Theory]
    [InlineData($"[ErrorCode:NotImplemented] {Node} Foo node. Name:'' Status Message: not on this device")]
    [InlineData($"[ErrorCode:Fail] {Node} Gemm node. Name:'' Status Message: CUBLAS failure 13: CUBLAS_STATUS_EXECUTION_FAILED")]
    [InlineData("[ErrorCode:RuntimeException] Exception during initialization")]
    [InlineData("[ErrorCode:Fail] Exiting due to terminate flag being set to true.")]
    public void OfInputs_WhatIsNothingOfTheirs_IsNull(string message) => Assert.Null(RunFaults.OfInputs(message));

    [Fact]
    public void OfInputs_ALongCause_IsCut() =>
        Assert.InRange(RunFaults.OfInputs($"[ErrorCode:Fail] {Node} If node. Name:'' Status Message: {new string('x', 10_000)}")!.Length, 300, 400);
}
