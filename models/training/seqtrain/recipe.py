"""The command line that all recipes share."""
import argparse
import math
import tempfile
from pathlib import Path

import torch

MODELS = Path(__file__).resolve().parents[2]


def recipe_parser(description, data_help, data_required=True):
    """A parser with the options that every recipe has."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=data_required, help=data_help)
    parser.add_argument("--out", type=Path, help="models folder (default: the one this file is in; a temporary one with --quick)")
    parser.add_argument("--work", type=Path, default=Path.home() / ".cache" / "seqserve-training", help="checkpoints, and what the models share")
    parser.add_argument("--quick", action="store_true", help="a run on little data, to see that everything works")
    return parser


def add_length(parser, epochs):
    """Options of the recipes whose training is long."""
    parser.add_argument("--epochs", type=int, default=epochs, help=f"passes over the training part (default: {epochs})")
    add_minutes(parser)


def add_minutes(parser):
    """Option of the recipes that can be made to end in time."""
    parser.add_argument("--minutes", type=float, default=math.inf, help="end the schedule after this time, although passes are left; not repeatable to the bit")


def add_device(parser):
    """Option of the recipes that can train on a GPU; scoring and export are on the processor."""
    best = "cuda" if torch.cuda.is_available() else "cpu"
    parser.add_argument("--device", default=best, help=f"where to train (default here: {best})")


def length_of(options, epochs):
    """These options as they were given, for the record."""
    return (f" --epochs {options.epochs}" if options.epochs != epochs else "") + minutes_of(options)


def minutes_of(options):
    """The same where passes cannot be given."""
    return f" --minutes {options.minutes:g}" if options.minutes < math.inf else ""


def parsed(parser, name):
    """The options; `work` is the recipe's own folder for what its runs share."""
    options = parser.parse_args()
    if options.quick:
        options.work = Path(tempfile.mkdtemp(prefix=f"{name}-"))
        options.out = options.out or options.work / "models"
    options.out = options.out or MODELS
    options.work = options.work / name
    # Two trainings side by side on one thread each finish sooner than one on two threads.
    torch.set_num_threads(1)
    return options


def recipe_options(description, name, architectures, data_help):
    """Parsed options of a recipe for classifiers."""
    parser = recipe_parser(description, data_help)
    parser.add_argument("--architecture", required=True, choices=architectures)
    parser.add_argument("--only", choices=("shared", "teacher"), help="stop after this step, to run the teachers side by side")
    return parsed(parser, name)
