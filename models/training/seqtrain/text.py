"""Text normalization: the exact rule that the server applies before it tokenizes.

Training and serving must agree on every code point, so each step is defined by the Unicode
character database alone and not by a locale. In order:

  a. lone surrogates and U+FFFE become U+FFFD (.NET's Normalize refuses both);
  b. of a run of more than 30 combining marks (categories Mn, Mc, Me) the rest is dropped, since
     normalization takes quadratic time over such a run; then NFKC;
  c. each code point is replaced by its simple (one to one) lower-case mapping;
  d. control characters and separators (categories Cc, Zs, Zl, Zp) become U+0020;
  e. runs of U+0020 become one, and none stay at the ends.

`nfkc-casefold` is all five, `nfkc` leaves out c, `none` is a alone.
"""
import re
import unicodedata

NORMALIZATIONS = ("nfkc-casefold", "nfkc", "none")

_UNUSABLE = re.compile("[\ud800-\udfff\ufffe]")
_SPACES = re.compile(" +")
_MOST_MARKS = 30
_SPACE_CATEGORIES = {"Cc", "Zs", "Zl", "Zp"}


class _CodePointMap(dict):
    """A table for str.translate that works out each code point once, when it is first met."""

    def __init__(self, fold):
        super().__init__()
        self._fold = fold

    def __missing__(self, code_point):
        character = chr(code_point)
        if self._fold:
            lower = character.lower()
            # U+0130 lower-cases to two code points; the simple mapping leaves it as it is.
            character = lower if len(lower) == 1 else character
        if unicodedata.category(character) in _SPACE_CATEGORIES:
            character = " "
        self[code_point] = character
        return character


def _cap_marks(text):
    if text.isascii():
        return text
    kept, run = [], 0
    for character in text:
        run = run + 1 if unicodedata.category(character)[0] == "M" else 0
        if run <= _MOST_MARKS:
            kept.append(character)
    return "".join(kept)


_MAPS = {"nfkc-casefold": _CodePointMap(fold=True), "nfkc": _CodePointMap(fold=False)}


def normalize(text, rule="nfkc-casefold"):
    """The text as the tokenizer sees it, under one of NORMALIZATIONS."""
    text = _UNUSABLE.sub("\ufffd", text)
    if rule == "none":
        return text
    text = unicodedata.normalize("NFKC", _cap_marks(text)).translate(_MAPS[rule])
    return _SPACES.sub(" ", text).strip(" ")
