"""Text to text with a model in training, as the server will do it."""
import torch

from ..batches import in_length_order
from ..decoding import beam_search, greedy
from ..text import normalize
from ..tokenizer import EOS

NORMALIZATION = "nfkc"
MOST_INPUT, MOST_OUTPUT = 128, 160


def output_limit(source_tokens):
    """No translation of these languages is longer; a model that has lost its way stops here."""
    return min(MOST_OUTPUT, 2 * source_tokens + 10)


def source_ids(tokenizer, text):
    """Ids as the encoder wants them: cut at the longest input, the end id behind them."""
    return tokenizer.encode(normalize(text, NORMALIZATION))[:MOST_INPUT - 1] + [EOS]


def translate(model, tokenizer, texts, beams=1, penalty=1.0):
    """The best translation of each text; one beam is greedy search."""
    rows = [source_ids(tokenizer, text) for text in texts]
    answers = [""] * len(rows)
    model.eval()
    with torch.no_grad():
        for part, ids, lengths in in_length_order(rows, tokens=2048):
            state, memory = model.begin(model.encode(ids, lengths), lengths)
            limits = [output_limit(int(length)) for length in lengths]
            if beams == 1:
                found = greedy(model, state, memory, limits)
            else:
                found = [hypotheses[0][1] for hypotheses in beam_search(model, state, memory, limits, beams, penalty)]
            for index, answer in zip(part, found):
                answers[index] = tokenizer.decode(answer)
    return answers
