"""Text normalization: the exact rule that the server applies before it tokenizes.

Training and serving must agree on every code point, so each step is defined by the Unicode
character database alone and not by a locale. In order:

  a. lone surrogates and U+FFFE become U+FFFD (.NET's Normalize refuses both);
  b. NFKC;
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


_MAPS = {"nfkc-casefold": _CodePointMap(fold=True), "nfkc": _CodePointMap(fold=False)}


def normalize(text, rule="nfkc-casefold"):
    """The text as the tokenizer sees it, under one of NORMALIZATIONS."""
    text = _UNUSABLE.sub("\ufffd", text)
    if rule == "none":
        return text
    text = unicodedata.normalize("NFKC", text).translate(_MAPS[rule])
    return _SPACES.sub(" ", text).strip(" ")
