namespace SeqServe.Core.Repository.HuggingFace;

/// <summary>Finds the graphs of a folder, or says what lies there in their place.</summary>
internal static class HubGraphs
{
    /// <summary>The graph of a model that has one.</summary>
    /// <returns>Its path in the folder.</returns>
    /// <exception cref="HubException">There is none; the message says what to run.</exception>
    public static string Single(HubFolder folder) =>
        folder.First("model.onnx", "onnx/model.onnx", "model_optimized.onnx", "onnx/model_optimized.onnx", "model_quantized.onnx", "onnx/model_quantized.onnx")
        ?? throw new HubException(Missing(folder));

    private static string Missing(HubFolder folder)
    {
        const string Export = "export the model with \"optimum-cli export onnx --model NAME FOLDER\" and put what it writes here";
        if (folder.First("model.safetensors", "model.safetensors.index.json", "pytorch_model.bin", "pytorch_model.bin.index.json") is { } weights)
            return $"it has {weights}, the weights for PyTorch, but no ONNX graph (model.onnx, here or in onnx/); {Export}";
        if (folder.First("tf_model.h5", "flax_model.msgpack") is { } others)
            return $"it has {others} but no ONNX graph (model.onnx, here or in onnx/); {Export}";
        if (folder.Ending(".gguf") is { } gguf)
        {
            return $"it has {gguf}, a model for llama.cpp, and no ONNX graph (model.onnx, here or in onnx/); "
                + "export the original model with \"optimum-cli export onnx\"";
        }

        return $"it has a config.json but no ONNX graph: there is neither model.onnx nor onnx/model.onnx; {Export}";
    }
}
