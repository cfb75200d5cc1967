"""Test vectors of a translator: what PyTorch's encoder and a few of its decoder steps answer.

The state between the steps is not in the file: whoever checks feeds the graph its own outputs
back, wired as the manifest says, and so checks the wiring too.
"""
import torch

from ..batches import pad
from ..probes import probe, write_cases
from ..tokenizer import BOS

_STEPS = 4


def write_vectors(model, name, pairs, path):
    """Cases of one row, of mixed lengths, of more padding than needed and of one token; `pairs` are (source, target) ids."""
    pairs = sorted((pair for pair in pairs if len(pair[1]) >= _STEPS), key=lambda pair: len(pair[0]))
    pick = [pairs[len(pairs) * part // 6] for part in range(1, 6)]
    short = (pick[0][0][:1], pick[4][1])
    cases = [_case(model, [pick[2]]), _case(model, [pick[4], pick[0], pick[3]]), _case(model, [pick[1], pick[3]], extra=5), _case(model, [short, pick[4]])]
    write_cases(name, cases, path)


def _case(model, pairs, extra=0):
    source, lengths = pad([source for source, _ in pairs])
    source = torch.nn.functional.pad(source, (0, extra))
    shown = torch.tensor([[BOS] + target[:_STEPS - 1] for _, target in pairs])
    steps = []
    with torch.no_grad():
        encoded = model.eval().encode(source, lengths)
        state, memory = model.begin(encoded, lengths)
        for tokens in shown.t():
            logits, outputs, attention = model.step(tokens, state, memory)
            answers = {"logits": logits, **outputs, **({} if attention is None else {"attention": attention})}
            steps.append({"tokens": tokens.tolist(), "outputs": {key: probe(value) for key, value in answers.items()}})
            state = model.carry(state, outputs)
    return {"src": source.tolist(), "src_len": lengths.tolist(), "encoder": {key: probe(value) for key, value in encoded.items()}, "steps": steps}
