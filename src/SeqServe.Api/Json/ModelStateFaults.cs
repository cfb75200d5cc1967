using Microsoft.AspNetCore.Mvc;
using SeqServe.Core.Errors;

namespace SeqServe.Api.Json;

/// <summary>Route and query values that do not bind take the same way as every other failure.</summary>
internal static class ModelStateFaults
{
    public static IActionResult Refuse(ActionContext context)
    {
        var errors = context.ModelState
            .Where(entry => entry.Value!.Errors.Count > 0)
            .ToDictionary(entry => entry.Key.Length == 0 ? "body" : entry.Key, entry => entry.Value!.Errors.Select(e => e.ErrorMessage).ToArray());
        throw new ServingException(ServingErrorCode.InvalidRequest, string.Join(" ", errors.Select(e => $"{e.Key}: {e.Value[0]}"))) { FieldErrors = errors };
    }
}
