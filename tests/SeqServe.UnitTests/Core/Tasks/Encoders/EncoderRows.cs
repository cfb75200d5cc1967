using SeqServe.Core.Tasks.Encoders;

namespace SeqServe.UnitTests.Core.Tasks.Encoders;

internal static class EncoderRows
{
    public static EncoderRow Of(params int[] ids) => new(ids, 2, default);
}
