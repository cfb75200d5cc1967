"""Puts the integer form of a Transformer classifier on the shelf, as version 2 beside version 1 that it was made from."""
import json
import random

from .export import export_classifier
from .integers import with_integers
from .manifest import sha256, write_json
from .vectors import write_vectors

# Points of accuracy that may be lost. A recall over a hundred queries moves by more when one answer changes.
_PRICE = 0.3
_SAYS = " Version 2, which is served, "
# A difference of one part in a million before a value becomes a byte can make it the next byte: that moved a logit by 0.0020 at most. Half precision is
# up to 0.027 away.
_TOLERANCE = 0.003
_CALIBRATION_TEXTS = 2000


def calibration_rows(corpus, rows_of):
    """Rows of ids of some of the training texts."""
    return rows_of(text for _, text in random.Random(1).sample(corpus.train, min(_CALIBRATION_TEXTS, len(corpus.train))))


def put_integers(out, name, model, calibration_rows, sample_rows, score):
    """Writes version 2 of `name` under `out`, where version 1 and the record of its training are.

    `score` gives a model's scores by name, in percent, those of the card among them; ValueError if the integers lose too much accuracy.
    """
    integers = with_integers(model, calibration_rows)
    before, after = score(model), score(integers)
    if max(before[key] - after[key] for key in before if key.endswith("accuracy")) > _PRICE:
        raise ValueError(f"{name} loses more than {_PRICE} points of accuracy by integers: {after} after {before}.")
    folder, results = out / name, out / "training" / "results"
    export_classifier(integers, folder / "2" / "model.onnx", name)
    _complete(folder, before, after)
    longest = json.loads((folder / "model.json").read_text(encoding="utf-8"))["limits"]["max_input_tokens"]
    write_vectors(integers, name, sample_rows, longest, results / "vectors" / f"{name}.2.json", _TOLERANCE)
    record = results / "runs" / f"{name}.json"
    write_json(record, {**json.loads(record.read_text(encoding="utf-8")), "version_2": {**after, "bytes": (folder / "2" / "model.onnx").stat().st_size}})
    print(json.dumps({"model": name, "version_1": before, "version_2": after}, indent=2))


def _complete(folder, before, after):
    """The manifest with version 2: its hash, and the scores of what is served."""
    manifest = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    manifest["files"]["2/model.onnx"] = sha256(folder / "2" / "model.onnx")
    card = manifest["card"]
    card["metrics"] = {key: after[key] for key in card["metrics"]}
    scores = ", ".join(f"{key.replace('_', ' ')} {before[key]}" for key in card["metrics"])
    card["notes"] = card["notes"].split(_SAYS)[0] + _SAYS + (
        "multiplies 8-bit integers in the encoder's linear layers, by steps that were measured on training texts, and has the metrics of this card. "
        f"Version 1, in half precision, has {scores}; it is the one for a GPU.")
    write_json(folder / "model.json", manifest)
