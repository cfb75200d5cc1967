"""Puts a trained classifier on the shelf: graph, manifest with model card, test vectors, record of the run."""
import json
import shutil
from dataclasses import dataclass

import torch

from .export import export_classifier
from .manifest import write_classifier, write_json
from .vectors import write_vectors


@dataclass(frozen=True)
class Entry:
    """What the shelf says about a model, as far as training does not measure it."""

    name: str
    architecture: str
    description: str
    labels: tuple
    max_input_tokens: int
    data: str
    data_licence: str
    licence: str
    command: str
    metrics_on: str
    notes: str


@dataclass(frozen=True)
class Run:
    """How a training went: the stage's report and its curve."""

    report: dict
    curve: object


def put_classifier(entry, model, tokenizer, sample_rows, metrics, further, run, out):
    """Writes all files of a model under `out`; `further` are measurements for the record that the card has no room for."""
    folder, results = out / entry.name, out / "training" / "results"
    export_classifier(model, folder / "1" / "model.onnx", entry.name)
    write_vectors(model, entry.name, sample_rows, entry.max_input_tokens, results / "vectors" / f"{entry.name}.json")
    parameters = sum(parameter.numel() for parameter in model.parameters())
    write_classifier(
        folder, name=entry.name, architecture=entry.architecture, description=entry.description, default=False,
        tokenizer=tokenizer.path, labels=entry.labels, max_input_tokens=entry.max_input_tokens,
        card={"data": entry.data, "data_licence": entry.data_licence, "licence": entry.licence, "parameters": parameters,
              "trained_by": entry.command, "metrics": metrics, "metrics_on": entry.metrics_on, "notes": entry.notes})
    write_record(out, entry.name, entry.command, model, metrics, further, run)


def write_record(out, name, command, model, metrics, further, run):
    """The record and the curve of the run that made version 1 of `name`."""
    results = out / "training" / "results"
    size = sum(file.stat().st_size for file in (out / name / "1").iterdir())
    record = {"model": name, **metrics, **further, "parameters": sum(parameter.numel() for parameter in model.parameters()), "bytes": size,
              "minutes": round(run.report["seconds"] / 60, 1), "tokens": run.report["tokens"], "torch": torch.__version__, "command": command}
    for kind in ("runs", "curves"):
        (results / kind).mkdir(parents=True, exist_ok=True)
    write_json(results / "runs" / f"{name}.json", record)
    shutil.copyfile(run.curve, results / "curves" / f"{name}.csv")
    print(json.dumps(record, indent=2))


def choose_default(out, pattern, metric, least=False):
    """Of the models whose name matches `pattern`, the one with the largest (or least) `metric` in its record answers when a request names none."""
    paths = sorted(out.glob(f"{pattern}/model.json"))
    records = out / "training" / "results" / "runs"
    scores = {path: json.loads((records / f"{path.parent.name}.json").read_text(encoding="utf-8"))[metric] for path in paths}
    best = (min if least else max)(paths, key=scores.get)
    for path in paths:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        manifest["default"] = path == best
        write_json(path, manifest)
