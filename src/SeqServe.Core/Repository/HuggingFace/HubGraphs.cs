using System.Text.Json.Nodes;
using SeqServe.Core.Backends;

namespace SeqServe.Core.Repository.HuggingFace;

/// <summary>Finds the graphs of a folder, or says what lies there in their place.</summary>
internal static class HubGraphs
{
    /// <summary>The graph of a model that has one.</summary>
    /// <returns>Its path in the folder, by its role.</returns>
    /// <exception cref="HubException">There is none; the message says what to run.</exception>
    public static JsonObject Single(HubFolder folder) => Found(folder, "model", "model_optimized", "model_quantized");

    /// <summary>The graph of a language model: the one that takes a past, under the names that exporters have given it.</summary>
    /// <returns>As <see cref="Single"/>.</returns>
    /// <exception cref="HubException">As <see cref="Single"/>.</exception>
    public static JsonObject Decoder(HubFolder folder) =>
        Found(folder, "model", "decoder_model_merged", "decoder_with_past_model", "decoder_model", "model_quantized", "decoder_model_merged_quantized");

    private static JsonObject Found(HubFolder folder, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (folder.First($"{name}.onnx", $"onnx/{name}.onnx") is { } file)
                return new JsonObject { [GraphContract.ModelRole] = file };
        }

        throw new HubException(Missing(folder, "model.onnx"));
    }

    /// <summary>What lies in a folder in place of a graph, and what to run.</summary>
    public static string Missing(HubFolder folder, string graph)
    {
        var missing = $"no ONNX graph ({graph}, here or in onnx/)";
        const string Export = "export the model with \"optimum-cli export onnx --model NAME FOLDER\" and put what it writes here";
        if (folder.First("model.safetensors", "model.safetensors.index.json", "pytorch_model.bin", "pytorch_model.bin.index.json") is { } weights)
            return $"it has {weights}, the weights for PyTorch, but {missing}; {Export}";
        if (folder.First("tf_model.h5", "flax_model.msgpack") is { } others)
            return $"it has {others} but {missing}; {Export}";
        if (folder.Ending(".gguf") is { } gguf)
            return $"it has {gguf}, a model for llama.cpp, and {missing}; export the original model with \"optimum-cli export onnx\"";
        return $"it has a config.json but {missing}; {Export}";
    }
}
