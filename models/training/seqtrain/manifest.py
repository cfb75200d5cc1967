"""Writes a model folder: manifest, labels, tokenizer and the hashes of all three files."""
import hashlib
import json
import shutil


def sha256(path):
    return "sha256:" + hashlib.sha256(path.read_bytes()).hexdigest()


def write_classifier(folder, *, name, architecture, description, default, tokenizer, labels, max_input_tokens, card):
    """Completes `folder`, whose graph 1/model.onnx is already there."""
    shutil.copyfile(tokenizer, folder / "tokenizer.model")
    (folder / "labels.txt").write_text("".join(label + "\n" for label in labels), encoding="utf-8")
    files = ("tokenizer.model", "labels.txt", "1/model.onnx")
    manifest = {
        "name": name, "task": "classification", "architecture": architecture, "description": description, "default": default,
        "version_policy": {"latest": 1}, "graphs": {"model": "model.onnx"},
        "tokenizer": {"type": "sentencepiece-bpe", "file": "tokenizer.model", "normalization": "nfkc-casefold",
                      "add_bos": False, "add_eos": False, "bos_id": 2, "eos_id": 3, "pad_id": 0},
        "labels": "labels.txt", "limits": {"max_input_tokens": max_input_tokens},
        "batching": {"max_batch_size": 32, "max_batch_tokens": 4096, "max_queue_delay_ms": 0, "queue_capacity": 1024},
        "instances": {"device": "auto", "sessions": "auto", "intra_op_threads": "auto"},
        "files": {file: sha256(folder / file) for file in files},
        "card": card,
    }
    write_json(folder / "model.json", manifest)


def write_json(path, value):
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
