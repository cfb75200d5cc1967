using System.Globalization;
using SeqServe.Core.Errors;

namespace SeqServe.Api.Requests;

/// <summary>Values of a request that have a range whatever the model.</summary>
internal static class FieldRanges
{
    /// <summary>The value, or the fallback when there is none.</summary>
    /// <exception cref="ServingException">It is out of its range.</exception>
    public static T InRange<T>(this T? value, string field, T least, T most, T fallback)
        where T : struct, IComparable<T>, IFormattable
    {
        if (value is not { } given)
            return fallback;
        if (given.CompareTo(least) >= 0 && given.CompareTo(most) <= 0)
            return given;
        throw ServingException.ForField(ServingErrorCode.InvalidRequest, field, string.Create(CultureInfo.InvariantCulture, $"must be in {least}–{most}"));
    }
}
