"""The tokenization "13a" of mteval-v13a, which BLEU is by convention counted on."""
import re

_ENTITIES = (("&quot;", '"'), ("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">"))
_RULES = (
    (re.compile(r"([\{-\~\[-\` -\&\(-\+\:-\@\/])"), r" \1 "),  # punctuation but for . , - '
    (re.compile(r"([^0-9])([\.,])"), r"\1 \2 "),  # a full stop or comma, unless it follows a digit
    (re.compile(r"([\.,])([^0-9])"), r" \1 \2"),  # or unless a digit follows it
    (re.compile(r"([0-9])(-)"), r"\1 \2 "),  # a dash after a digit
)


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
