"""Translation quality by the definitions of sacrebleu, so that the numbers can be compared."""
from .bleu import corpus_bleu
from .chrf import corpus_chrf

__all__ = ["corpus_bleu", "corpus_chrf"]
