using SeqServe.Core.Models;

namespace SeqServe.UnitTests.Models;

internal static class ClassificationRows
{
    public static ClassificationRow Of(params int[] ids) => new(ids, 2, default);
}
