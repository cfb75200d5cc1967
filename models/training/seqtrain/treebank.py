"""Turns Penn Treebank tokens back into the text somebody would type.

The Stanford treebank writes "it 's n't -lrb- ever -rrb- good ." where a user writes
"it's n't (ever) good." A model that is served on users' text has to be trained on users' text.
"""
import re

_BRACKETS = {"-lrb-": "(", "-rrb-": ")", "-lsb-": "[", "-rsb-": "]", "-lcb-": "{", "-rcb-": "}"}
_ESCAPES = (("\\/", "/"), ("\\*", "*"))
_SPLIT_WORDS = {
    "can not": "cannot", "gon na": "gonna", "wan na": "wanna", "got ta": "gotta",
    "gim me": "gimme", "lem me": "lemme", "d' ye": "d'ye", "more 'n": "more'n", "'t is": "'tis", "'t was": "'twas",
}
_CLITIC = re.compile(r" ('(?:s|re|ve|ll|d|m|n)|n't)(?![\w'])")
_SPLIT_WORD = re.compile(r"\b(?:can not|gon na|wan na|got ta|gim me|lem me|d' ye|more 'n)\b|'t (?:is|was)\b")
_BEFORE = re.compile(r" +([.,;:!?%)\]}]+)(?= |$|[.,;:!?)\"'])")
_AFTER = re.compile(r"([(\[{$#]) +")
_OPEN_SINGLE = re.compile(r"(^|[\s(\"])` +")
_PLURAL_OWNER = re.compile(r"(\ws) ' (?=\w)")
_CLOSE_SINGLE = re.compile(r" '(?=[\s.,;:!?)\"]|$)")
_SPACES = re.compile(r" {2,}")


def _double_quotes(text):
    """Glues each `` to the word after it and each '' to the word before it."""
    text = re.sub(r"`` *", "\"", text)
    return re.sub(r" *''", "\"", text)


def _single_quotes(text):
    """An apostrophe that answers a back-tick closes a quotation; after a plural it marks the owner."""
    opened = _OPEN_SINGLE.search(text) is not None
    text = _OPEN_SINGLE.sub(r"\1'", text)
    if not opened:
        text = _PLURAL_OWNER.sub(r"\1' ", text)
    return _CLOSE_SINGLE.sub("'", text)


def detokenize(line):
    """One treebank line as ordinary text; ordinary text passes through almost unchanged."""
    text = " ".join(_BRACKETS.get(token, token) for token in line.split())
    for escaped, plain in _ESCAPES:
        text = text.replace(escaped, plain)
    text = _CLITIC.sub(r"\1", text)
    text = _SPLIT_WORD.sub(lambda match: _SPLIT_WORDS[match.group()], text)
    text = _double_quotes(text)
    text = _single_quotes(text)
    text = _AFTER.sub(r"\1", text)
    for _ in range(2):  # "word ) ." needs a second look once the bracket has moved
        text = _BEFORE.sub(r"\1", text)
    return _SPACES.sub(" ", text).strip()
