"""The tokenizations that BLEU is by convention counted on: "13a" of mteval-v13a, and "zh" of sacrebleu."""
import re

_ENTITIES = (("&quot;", '"'), ("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">"))
_RULES = (
    (re.compile(r"([\{-\~\[-\` -\&\(-\+\:-\@\/])"), r" \1 "),  # punctuation but for . , - '
    (re.compile(r"([^0-9])([\.,])"), r"\1 \2 "),  # a full stop or comma, unless it follows a digit
    (re.compile(r"([\.,])([^0-9])"), r" \1 \2"),  # or unless a digit follows it
    (re.compile(r"([0-9])(-)"), r"\1 \2 "),  # a dash after a digit
)

# Chinese characters, their radicals, marks and full-width forms: the larger part of sacrebleu's list.
_CHINESE = (("\u2600", "\u27bf"), ("\u2e80", "\u2fdf"), ("\u2ff0", "\u303f"), ("\u3100", "\u312f"), ("\u31a0", "\u31bf"), ("\u31c0", "\u31ef"),
            ("\u3400", "\u4db5"), ("\u4e00", "\u9fbb"), ("\uf900", "\ufa2d"), ("\ufa30", "\ufa6a"), ("\ufa70", "\ufad9"), ("\uff00", "\uffef"))


def words_13a(text):
    """The words and marks that are compared."""
    text = text.replace("<skipped>", "").replace("-\n", "").replace("\n", " ")
    if "&" in text:
        for entity, character in _ENTITIES:
            text = text.replace(entity, character)
    text = f" {text} "
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return text.split()


def words_zh(text):
    """As 13a, with each Chinese character and full-width mark a word of its own."""
    return words_13a("".join(f" {character} " if _chinese(character) else character for character in text))


def _chinese(character):
    return any(first <= character <= last for first, last in _CHINESE)
