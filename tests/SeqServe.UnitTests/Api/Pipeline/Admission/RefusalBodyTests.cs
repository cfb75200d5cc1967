using SeqServe.Api.Errors;
using SeqServe.Api.Facades.OpenAI;
using SeqServe.Api.Pipeline.Admission;
using SeqServe.Core.Batching;
using SeqServe.Core.Errors;

namespace SeqServe.UnitTests.Api.Pipeline.Admission;

public class RefusalBodyTests
{
    [Theory]
    [InlineData(typeof(ProblemShape))]
    [InlineData(typeof(OpenAIErrorShape))]
    public void Write_InAShape_IsWhatTheShapeWrites(Type type)
    {
        var shape = (ErrorShape)Activator.CreateInstance(type)!;
        var refusal = new QueueRefusal(ServingErrorCode.Overloaded, "The queue is full: \"é\" 1024.", TimeSpan.FromSeconds(1));

        foreach (var trace in new[] { "4bf92f3577b34da6a3ce929d0e0e4736", "00000000000000000000000000000001" })
        {
            var body = RefusalBody.Of(refusal, shape);
            var bytes = new byte[body.Length];
            body.Write(bytes, trace);

            Assert.Equal(shape.Write(Failure.Of(refusal.ToException()), trace), bytes);
        }
    }

    [Fact]
    public void Of_TheSameReason_IsWrittenOnce()
    {
        var refusal = new QueueRefusal(ServingErrorCode.Overloaded, "Once.", TimeSpan.FromSeconds(1));

        Assert.Same(RefusalBody.Of(refusal, new ProblemShape()), RefusalBody.Of(refusal with { RetryAfter = TimeSpan.FromSeconds(2) }, new ProblemShape()));
        Assert.NotSame(RefusalBody.Of(refusal, new ProblemShape()), RefusalBody.Of(refusal, new OpenAIErrorShape()));
    }
}
