using SeqServe.Onnx.Isolation;

namespace SeqServe.UnitTests.Onnx.Isolation;

public class ProcessEndTests
{
    [Theory]
    [InlineData(136, "signal 8, a division that has no result")]
    [InlineData(139, "signal 11, an access to memory that is not its own")]
    [InlineData(137, "signal 9, it was killed from outside, as for want of memory")]
    [InlineData(143, "signal 15")]
    [InlineData(0, "exit code 0")]
    [InlineData(3, "exit code 3")]
    [InlineData(128, "exit code 128")]
    [InlineData(255, "exit code 255")]
    [InlineData(-1, "exit code -1")]
    public void Cause_OfAnExitCode_SaysWhatEndedIt(int code, string cause) => Assert.Equal(cause, new ProcessEnd(code, "").Cause);
}
