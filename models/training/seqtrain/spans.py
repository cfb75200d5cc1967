"""Short and careless writing, made from whole sentences: what a classifier must be ready for and a corpus does not hold."""
import unicodedata


def units(text, language):
    """What a text is counted in: words, for Chinese pairs of characters (most of its words have two)."""
    if language != "zh":
        return text.split()
    characters = [character for character in text if character.isalnum()]
    return ["".join(characters[start:start + 2]) for start in range(0, len(characters), 2)]


def span(text, language, count, rng):
    """`count` units in a row, or all there are, without the punctuation around them."""
    parts = units(text, language)
    start = rng.randint(0, max(0, len(parts) - count))
    return ("" if language == "zh" else " ").join(parts[start:start + count]).strip(".,!?;:\"'-() ") or text


def without_diacritics(text):
    """As typed on a plain keyboard: é as e, ß as ss."""
    bare = "".join(character for character in unicodedata.normalize("NFD", text) if unicodedata.category(character) != "Mn")
    return unicodedata.normalize("NFC", bare).replace("ß", "ss").replace("œ", "oe")
