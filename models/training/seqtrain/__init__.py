"""What the training recipes share: text rules, tokenizer, models, training loop and ONNX export."""
