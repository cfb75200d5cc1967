"""Reading the data folder: tab-separated files with or without gzip, no header lines."""
import gzip
import re
from pathlib import Path

_SENTENCE_END = re.compile(r"(?<=[.!?])[\"')\]]*\s+(?=\S)")


def open_text(path):
    """A data file as text lines; the plain name is enough where only the .gz exists."""
    path = Path(path)
    if not path.exists():
        path = path.with_name(path.name + ".gz")
    opener = gzip.open if path.suffix == ".gz" else open
    return opener(path, "rt", encoding="utf-8", newline="\n")


def read_labelled(path):
    """(label, text) of each line of a two-column file."""
    with open_text(path) as lines:
        return [tuple(line.rstrip("\n").split("\t", 1)) for line in lines]


def sentences(text):
    """A rough split at sentence ends: good enough to cut training text, not meant for anything else."""
    return [part for part in _SENTENCE_END.split(text) if part]


def comparable(text):
    """A text without case, punctuation and spaces, for finding copies of one sentence in another text."""
    return "".join(character for character in text.casefold() if character.isalnum())
