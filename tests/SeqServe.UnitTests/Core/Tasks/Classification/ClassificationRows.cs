using SeqServe.Core.Tasks.Classification;

namespace SeqServe.UnitTests.Core.Tasks.Classification;

internal static class ClassificationRows
{
    public static ClassificationRow Of(params int[] ids) => new(ids, 2, default);
}
