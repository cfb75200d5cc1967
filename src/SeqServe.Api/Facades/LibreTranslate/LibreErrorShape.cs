using System.Text.Json;
using SeqServe.Api.Errors;

namespace SeqServe.Api.Facades.LibreTranslate;

/// <summary>Failures as LibreTranslate writes them.</summary>
internal sealed class LibreErrorShape : ErrorShape
{
    public override string MediaType => "application/json";

    public override Type Contract => typeof(LibreError);

    public override byte[] Write(Failure failure, string traceId) =>
        JsonSerializer.SerializeToUtf8Bytes(new LibreError(FailureWriter.Text(failure, traceId)), LibreJson.Answers.LibreError);
}
