"""The texts of the language models: books, everyday sentences and children's stories.

Everything is normalized here, once, so that the recipe only ever sees what the server would.
"""
import itertools
from dataclasses import dataclass
from pathlib import Path

from seqtrain.corpus import open_text
from seqtrain.text import normalize
from seqtrain.tokenizer import BOS, EOS

NORMALIZATION = "nfkc"
# Most tokens of a row, and so of what a model has learnt to look back on.
LONGEST = 192
_BOOKS, _SENTENCES, _STORIES, _WIKITEXT = "lm-books", "lm-tatoeba-en", "lm-storybooks", "wikitext-2"
# The shelf's own corpus, and a benchmark.
SHELF = "shelf"
CORPORA = {SHELF: (_BOOKS, _SENTENCES, _STORIES), _WIKITEXT: (_WIKITEXT,)}


@dataclass
class TextCorpus:
    """Parts by name; each is a list of chapters, each of those a list of paragraphs."""

    train: list
    valid: dict
    test: dict


def load(data, corpus, few=False):
    """The corpus of this name; `few` keeps a little of everything."""
    data, sets = Path(data), CORPORA[corpus]

    def part(folder, name):
        most = 200 if few else None
        if folder == _WIKITEXT:
            with open_text(data / folder / f"wiki.{name}.tokens") as lines:
                return [_lines(lines, most)]
        with open_text(data / folder / f"{name}.txt") as lines:
            return _chapters(lines, alone=folder == _SENTENCES, most=most)

    train = [chapter for folder in sets for chapter in part(folder, "train")]
    return TextCorpus(train, *({folder: part(folder, name) for folder in sets} for name in ("valid", "test")))


def _lines(lines, most):
    """Every line, the empty ones too: published perplexities of WikiText count an end for each, and text as it stands."""
    return [line.strip() for line in itertools.islice(lines, most)]


def _chapters(lines, alone, most):
    """Paragraphs up to the next empty line; sentences that have nothing to do with each other are chapters of their own."""
    chapters, chapter, count = [], [], 0
    for line in lines:
        text = normalize(line, NORMALIZATION)
        if text:
            chapter.append(text)
        if chapter and (alone or not text):
            chapters.append(chapter)
            chapter = []
        count += 1
        if count == most:
            break
    return chapters + [chapter] if chapter else chapters


def rows_of(chapters, tokenizer):
    """Rows of at most LONGEST + 1 ids: the start id, then paragraphs of one chapter, an end id behind each.

    A row begins with a paragraph; only one that is too long for a row is cut, and then the next
    row begins with the last id of the one before.
    """
    encoded = iter(tokenizer.encode_all([text for chapter in chapters for text in chapter]))
    rows = []
    for chapter in chapters:
        row = [BOS]
        for _ in chapter:
            paragraph = next(encoded) + [EOS]
            if len(row) > 1 and len(row) + len(paragraph) > LONGEST + 1:
                rows.append(row)
                row = [BOS]
            row = row + paragraph
            while len(row) > LONGEST + 1:
                rows.append(row[:LONGEST + 1])
                row = row[LONGEST:]
        if len(row) > 1:
            rows.append(row)
    return rows


def word_count(chapters):
    """Words between spaces, and one end for each paragraph: what perplexity is told per."""
    return sum(len(text.split()) + 1 for chapter in chapters for text in chapter)
