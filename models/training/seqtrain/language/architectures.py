"""The language models by name, of nearly equal size."""
from .recurrent import RecurrentLanguageModel
from .transformer import TransformerLanguageModel

_HIDDEN = {"rnn": 704, "lstm": 352, "gru": 416}
ARCHITECTURES = (*_HIDDEN, "transformer")


def build_language_model(architecture, vocabulary, **sizes):
    if architecture == "transformer":
        return TransformerLanguageModel(vocabulary, **sizes)
    return RecurrentLanguageModel(architecture, vocabulary, **{"hidden": _HIDDEN[architecture], **sizes})
