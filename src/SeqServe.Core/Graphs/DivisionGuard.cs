using System.Numerics;
using System.Runtime.InteropServices;
using SeqServe.Core.Backends;
using SeqServe.Core.Tensors;

namespace SeqServe.Core.Graphs;

/// <summary>
/// Refuses the division of the smallest whole number by −1 where a graph divides one input by another: its result is no number of the type, and on it ONNX
/// Runtime ends the process.
/// </summary>
internal static class DivisionGuard
{
    /// <summary>Checks one division. Inputs of other shapes than equal ones, or one of them a single number, are not looked at.</summary>
    /// <param name="division">The inputs' names.</param>
    /// <param name="inputs">All inputs of a request.</param>
    /// <exception cref="Errors.ServingException">The division has no result.</exception>
    public static void Check(InputDivision division, IReadOnlyList<Tensor> inputs)
    {
        var (dividend, divisor) = (inputs.First(i => i.Name == division.Dividend), inputs.First(i => i.Name == division.Divisor));
        var index = dividend.Datatype == TensorDatatype.Int32 ? Find<int>(dividend, divisor) : Find<long>(dividend, divisor);
        if (index >= 0)
        {
            throw TensorFaults.Of(
                divisor,
                $"divides the smallest {dividend.Datatype.ToName()}, which \"{TensorFaults.Shorten(dividend.Name)}\" holds, by -1 at element {index}; "
                + "that has no result");
        }
    }

    private static int Find<T>(Tensor dividend, Tensor divisor)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>, ISignedNumber<T>
    {
        var above = MemoryMarshal.Cast<byte, T>(dividend.Data.Span);
        var below = MemoryMarshal.Cast<byte, T>(divisor.Data.Span);
        if (above.Length == 1)
            return above[0] == T.MinValue ? below.IndexOf(T.NegativeOne) : -1;
        if (below.Length == 1)
            return below[0] == T.NegativeOne ? above.IndexOf(T.MinValue) : -1;
        if (!TensorShapes.AreEqual(dividend.Shape, divisor.Shape))
            return -1;
        for (var i = 0; i < above.Length; i++)
        {
            if (above[i] == T.MinValue && below[i] == T.NegativeOne)
                return i;
        }

        return -1;
    }
}
