"""Makes the integer form of a Transformer classifier from its half precision graph, as version 2 of the same model.

    python3 models/training/quantize.py --model sentiment-transformer --data DIR

The recipes do the same when they have trained a Transformer; this command needs no checkpoint. `--quick` calibrates and scores on
a few texts, into a temporary folder.
"""
import json
import random
import shutil

import intent_corpus
import intent_shelf
import intent_steps
import sentiment_corpus
import sentiment_shelf
from seqtrain.classifiers import build_classifier
from seqtrain.exported import fill_from
from seqtrain.integer_shelving import calibration_rows, put_integers
from seqtrain.recipe import MODELS, parsed, recipe_parser
from seqtrain.tokenizer import Tokenizer

_TASKS = {
    "sentiment-transformer": (sentiment_corpus.load_scored, sentiment_shelf.scores, {}),
    "intent-transformer": (intent_corpus.load, intent_shelf.scores, intent_steps.SIZES["transformer"]),
}
# Of fewer, two answers would weigh more than the accuracy that may be lost.
_FEW = 800


def main():
    parser = recipe_parser(__doc__, "folder that holds the data sets of the model's recipe")
    parser.add_argument("--model", required=True, choices=_TASKS)
    options = parsed(parser, "quantize")
    source, (load, scores, sizes) = MODELS / options.model, _TASKS[options.model]
    manifest = json.loads((source / "model.json").read_text(encoding="utf-8"))
    tokenizer, longest = Tokenizer(source / manifest["tokenizer"]["file"]), manifest["limits"]["max_input_tokens"]
    labels = (source / manifest["labels"]).read_text(encoding="utf-8").splitlines()
    corpus = load(options.data)
    if options.quick:
        for part in (corpus.train, corpus.valid, corpus.test):
            part[:] = random.Random(1).sample(part, _FEW)
    if options.out != MODELS:
        _copy(source, options.out)

    def rows_of(texts):
        return [row[:longest] for row in tokenizer.encode_all(texts)]

    model = fill_from(build_classifier(manifest["architecture"], len(tokenizer), len(labels), **sizes), source / "1" / "model.onnx")
    put_integers(options.out, options.model, model, calibration_rows(corpus, rows_of), rows_of(text for _, text in corpus.valid),
                 lambda candidate: scores(candidate, rows_of, corpus))


def _copy(source, out):
    """Version 1, its manifest and its record, to where version 2 is going to stand."""
    shutil.copytree(source, out / source.name, ignore=shutil.ignore_patterns("2"))
    record = out / "training" / "results" / "runs"
    record.mkdir(parents=True)
    shutil.copy(source.parent / "training" / "results" / "runs" / f"{source.name}.json", record)


if __name__ == "__main__":
    main()
