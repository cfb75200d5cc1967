"""The four families by name."""
from .bahdanau import AttentionTranslator
from .cho import ChoTranslator
from .sutskever import SutskeverTranslator
from .transformer import TransformerTranslator

FAMILIES = {"cho": ChoTranslator, "sutskever": SutskeverTranslator, "attention": AttentionTranslator, "transformer": TransformerTranslator}


def build_translator(family, vocabulary, **sizes):
    return FAMILIES[family](vocabulary, **sizes)
