"""Trains one sentiment model and puts it on the shelf.

    python3 models/training/sentiment.py --architecture lstm --data DIR

What the six models share is made once and kept in the work folder: the tokenizer, word vectors,
and two teachers, whose averaged opinion on phrases and on unlabelled review sentences the
shipped models learn from. `--quick` runs the same path on a little data, in under two minutes.
"""
import argparse
import tempfile
from pathlib import Path

import torch

import sentiment_steps as steps


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--architecture", required=True, choices=steps.SIZES)
    parser.add_argument("--data", required=True, help="folder that holds sst2/ and imdb/")
    parser.add_argument("--out", type=Path, help="models folder (default: the one this file is in; a temporary one with --quick)")
    parser.add_argument("--work", type=Path, default=Path.home() / ".cache" / "seqserve-training", help="checkpoints, shared by the models")
    parser.add_argument("--only", choices=("tokenizer", "teacher"), help="stop after this shared step, to run several side by side")
    parser.add_argument("--quick", action="store_true", help="a run on little data, to see that everything works")
    return parser.parse_args()


def main():
    options = arguments()
    # Two trainings side by side on one thread each finish sooner than one on two threads.
    torch.set_num_threads(1)
    if options.quick:
        options.work = Path(tempfile.mkdtemp(prefix="sentiment-"))
        options.out = options.out or options.work / "models"
    shared = steps.prepare(options.data, options.work / "sentiment", options.quick)
    if options.only == "teacher":
        steps.teacher(shared, options.architecture)
    elif options.only is None:
        steps.student(shared, options.architecture, options.out or Path(__file__).resolve().parents[1])


if __name__ == "__main__":
    main()
