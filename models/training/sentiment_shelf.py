"""Puts a trained sentiment model on the shelf: graph, manifest with model card, test vectors, record of the run."""
import json
import shutil

import torch

import sentiment_corpus
from seqtrain.evaluate import accuracy
from seqtrain.export import export_classifier
from seqtrain.manifest import write_classifier, write_json
from seqtrain.vectors import write_vectors

LABELS = ("negative", "positive")
_KINDS = {
    "rnn": "a two-layer bidirectional tanh RNN",
    "lstm": "a bidirectional LSTM",
    "lstm-peephole": "a bidirectional LSTM with peephole connections",
    "lstm-coupled": "a bidirectional LSTM with coupled input and forget gates",
    "gru": "a bidirectional GRU",
    "transformer": "a Transformer encoder",
}
_DATA = ("SST-2 training sentences and phrases (Socher et al. 2013), turned back from treebank tokens into ordinary text; "
         "IMDB training reviews (Maas et al. 2011) as further film review text. Sentences that SST-2 validates or tests on were taken out of the reviews.")
_NOTES = ("Learns from SST-2's labels and from the averaged answers of two teachers (a GRU and a Transformer of this recipe) on SST-2 phrases and on "
          "unlabelled review sentences. Word vectors start from co-occurrence counts of the same texts; nothing pre-trained was downloaded. "
          "English film reviews only. Scored with the half precision weights of the file. Chosen by validation; the test set was scored once.")


def put(shared, model, architecture, report, curve, out):
    """Scores the final model, once, and writes all its files under `out`."""
    name = f"sentiment-{architecture}"
    folder, results = out / name, out / "training" / "results"
    export_classifier(model, folder / "1" / "model.onnx", name)
    write_vectors(model, name, shared.valid_rows, sentiment_corpus.LONGEST, results / "vectors" / f"{name}.json")
    metrics = {"accuracy": _score(shared, model, shared.corpus.test), "valid_accuracy": _score(shared, model, shared.corpus.valid)}
    parameters = sum(parameter.numel() for parameter in model.parameters())
    command = f"python3 models/training/sentiment.py --architecture {architecture} --data DIR"
    write_classifier(
        folder, name=name, architecture=architecture, default=False, labels=LABELS,
        description=f"Says whether an English film review sentence is negative or positive, with {_KINDS[architecture]}.",
        tokenizer=shared.tokenizer.path, max_input_tokens=sentiment_corpus.LONGEST,
        card={"data": _DATA, "data_licence": "none stated upstream (standard research benchmarks); the texts are not included", "licence": "MIT",
              "parameters": parameters, "trained_by": command, "metrics": metrics,
              "metrics_on": f"SST-2 official test, {len(shared.corpus.test):,} sentences", "notes": _NOTES})
    record = {"model": name, **metrics, "long_review_accuracy": _score(shared, model, shared.corpus.reviews_valid),
              "parameters": parameters, "bytes": (folder / "1" / "model.onnx").stat().st_size,
              "minutes": round(report["seconds"] / 60, 1), "tokens": report["tokens"], "torch": torch.__version__, "command": command}
    (results / "runs").mkdir(parents=True, exist_ok=True)
    write_json(results / "runs" / f"{name}.json", record)
    (results / "curves").mkdir(exist_ok=True)
    shutil.copyfile(curve, results / "curves" / f"{name}.csv")
    _choose_default(out)
    print(json.dumps(record, indent=2))


def _score(shared, model, pairs):
    return round(accuracy(model, shared.rows(text for _, text in pairs), [label for label, _ in pairs]), 1)


def _choose_default(out):
    """The model that validates best answers when a request names none; validation only, never the test set."""
    manifests = {path: json.loads(path.read_text(encoding="utf-8")) for path in sorted(out.glob("sentiment-*/model.json"))}
    best = max(manifests, key=lambda path: manifests[path]["card"]["metrics"]["valid_accuracy"])
    for path, manifest in manifests.items():
        manifest["default"] = path == best
        write_json(path, manifest)
