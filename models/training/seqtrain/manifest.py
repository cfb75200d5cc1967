"""Writes a model folder's manifest: what the server needs to know, and the hashes of all files."""
import hashlib
import json
import shutil


def sha256(path):
    return "sha256:" + hashlib.sha256(path.read_bytes()).hexdigest()


def write_classifier(folder, *, name, architecture, description, default, tokenizer, labels, max_input_tokens, card):
    """Completes `folder`, whose graph 1/model.onnx is already there."""
    (folder / "labels.txt").write_text("".join(label + "\n" for label in labels), encoding="utf-8")
    write_manifest(
        folder, tokenizer, ("tokenizer.model", "labels.txt", "1/model.onnx"), card,
        name=name, task="classification", architecture=architecture, description=description, default=default,
        graphs={"model": "model.onnx"}, tokenizer=tokenizer_entry("nfkc-casefold"),
        labels="labels.txt", limits={"max_input_tokens": max_input_tokens}, batching=batching_entry(32))


def tokenizer_entry(normalization, add_bos=False, add_eos=False):
    return {"type": "sentencepiece-bpe", "file": "tokenizer.model", "normalization": normalization,
            "add_bos": add_bos, "add_eos": add_eos, "bos_id": 2, "eos_id": 3, "pad_id": 0}


def batching_entry(rows):
    return {"max_batch_size": rows, "max_batch_tokens": 4096, "max_queue_delay_ms": 0, "queue_capacity": 1024}


def cache_entries(layers):
    """Keys and values of each layer: what goes in, and what comes out to be put behind it."""
    return [{"key_in": f"past_k_{index}", "value_in": f"past_v_{index}", "key_out": f"new_k_{index}", "value_out": f"new_v_{index}"}
            for index in range(layers)]


def write_manifest(folder, tokenizer_file, files, card, **entries):
    """Writes model.json with `entries` first; the tokenizer is copied beside it."""
    shutil.copyfile(tokenizer_file, folder / "tokenizer.model")
    manifest = {
        **entries,
        "version_policy": {"latest": 1},
        "instances": {"device": "auto", "sessions": "auto", "intra_op_threads": "auto"},
        "files": {file: sha256(folder / file) for file in files},
        "card": card,
    }
    write_json(folder / "model.json", manifest)


def write_json(path, value):
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
