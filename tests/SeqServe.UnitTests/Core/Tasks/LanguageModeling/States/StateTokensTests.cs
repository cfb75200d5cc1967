using System.Buffers.Text;
using System.Text.Json.Nodes;
using SeqServe.Core.Errors;
using SeqServe.Core.Tasks.LanguageModeling.States;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Core.Tasks.LanguageModeling.States;

public class StateTokensTests
{
    private static readonly StateTokens s_tokens = new(StateKey.Of("a key of the tests"));

    [Theory]
    [InlineData(0)]
    [InlineData(int.MaxValue)]
    public void Read_WhatWasWritten_IsTheSame(int position)
    {
        using var bench = new LanguageModelBench();
        using var lease = bench.Lease();
        var state = new PortableState(position, [.. Enumerable.Range(0, LanguageModelBench.StateSize).Select(i => (float)Math.Sin(i))]);

        var read = s_tokens.Read(s_tokens.Write(state, lease.Model), lease.Model);

        Assert.Equal(position, read.Position);
        Assert.Equal(state.Values, read.Values);
    }

    [Theory]
    [InlineData(512)]
    [InlineData(1536)]
    public void Write_AStateOfUsualSize_IsAtMostFourTenthsLonger(int size)
    {
        using var bench = new LanguageModelBench(() => new FakeDecoder(LanguageModelBench.Tokenizer.VocabularySize) { StateSize = size });
        using var lease = bench.Lease();

        var token = s_tokens.Write(new PortableState(1, new float[size]), lease.Model);

        Assert.InRange(token.Length, 0, 1.4 * size * sizeof(float));
        Assert.Matches("^[A-Za-z0-9_-]+$", token);
    }

    [Fact]
    public void Read_AnyByteChanged_IsRefused()
    {
        using var bench = new LanguageModelBench();
        using var lease = bench.Lease();
        var bytes = Base64Url.DecodeFromChars(Token(lease.Model));

        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] ^= 1;
            AssertRefused(ServingErrorCode.InvalidRequest, () => s_tokens.Read(Base64Url.EncodeToString(bytes), lease.Model));
            bytes[i] ^= 1;
        }
    }

    [Fact]
    public void Read_AnyTruncation_IsRefused()
    {
        using var bench = new LanguageModelBench();
        using var lease = bench.Lease();
        var token = Token(lease.Model);

        for (var length = 0; length < token.Length; length++)
            AssertRefused(ServingErrorCode.InvalidRequest, () => s_tokens.Read(token[..length], lease.Model));
    }

    [Theory]
    [InlineData("%%%")]
    [InlineData("ö")]
    [InlineData("AAAA")]
    public void Read_Nonsense_IsRefused(string token)
    {
        using var bench = new LanguageModelBench();
        using var lease = bench.Lease();

        AssertRefused(ServingErrorCode.InvalidRequest, () => s_tokens.Read(token, lease.Model));
    }

    [Fact]
    public void Read_WithAnotherKey_IsRefused()
    {
        using var bench = new LanguageModelBench();
        using var lease = bench.Lease();

        AssertRefused(ServingErrorCode.InvalidRequest, () => new StateTokens(StateKey.Generate()).Read(Token(lease.Model), lease.Model));
    }

    [Fact]
    public void Read_OfAnotherModel_IsAMismatchThatNamesBoth()
    {
        using var bench = new LanguageModelBench(more: repository => repository.AddFakeLanguageModel("other"));
        using var lease = bench.Lease();
        using var other = bench.Lease("other");

        var failure = AssertRefused(ServingErrorCode.StateMismatch, () => s_tokens.Read(Token(other.Model), lease.Model));

        Assert.Contains("other version 1", failure.Message, StringComparison.Ordinal);
        Assert.Contains("lm version 1", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_OfAnotherExportOfTheVersion_IsAMismatch()
    {
        // The checksum of an empty file, and a changed comment in the manifest: only the checksums distinguish exports.
        static void WithChecksum(JsonObject json) =>
            json["files"] = new JsonObject { ["1/model.onnx"] = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" };
        using var before = new LanguageModelBench();
        using var after = new LanguageModelBench(edit: WithChecksum);
        using var old = before.Lease();
        using var lease = after.Lease();

        AssertRefused(ServingErrorCode.StateMismatch, () => s_tokens.Read(Token(old.Model), lease.Model));
    }

    private static string Token(SeqServe.Core.Tasks.LanguageModeling.ServedLanguageModel model) =>
        s_tokens.Write(new PortableState(7, new float[model.StateSize]), model);

    private static ServingException AssertRefused(ServingErrorCode code, Action read)
    {
        var failure = Assert.Throws<ServingException>(read);
        Assert.Equal(code, failure.Code);
        Assert.Equal(["state"], failure.FieldErrors!.Keys);
        return failure;
    }
}
