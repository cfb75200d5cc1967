namespace SeqServe.Onnx.Decoding;

/// <summary>Keys or values of one layer in slots, and where a run leaves those of its new tokens.</summary>
/// <param name="Past">What all rows have read, <c>[B,h,P,d]</c>.</param>
/// <param name="NewName">The output of the new tokens.</param>
/// <param name="Fresh">Room for that output, <c>[B,h,T,d]</c>.</param>
internal sealed record CacheTensor(RowTensor Past, string NewName, RowTensor Fresh);
