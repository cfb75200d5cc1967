"""Test vectors of a language model: a ragged prompt, two single steps, and the scores of whole rows.

The state between the calls is not in the file: whoever checks feeds the graph its own outputs
back, wired as the manifest says, and so checks the wiring too.
"""
import torch

from ..batches import pad
from ..probes import probe, write_cases


def write_vectors(model, name, rows, path):
    """Cases of one row, of mixed lengths, and of more padding than needed; `rows` are ids, the start id in front."""
    rows = sorted((row for row in rows if 6 <= len(row) <= 60), key=len)
    pick = [rows[len(rows) * part // 6] for part in range(1, 6)]
    cases = [_case(model, [pick[2]]), _case(model, [pick[4], pick[0], pick[3]]), _case(model, [pick[1], pick[3]], extra=4)]
    write_cases(name, cases, path)


def _case(model, rows, extra=0):
    tokens, lengths = pad(rows)
    tokens = torch.nn.functional.pad(tokens, (0, extra))
    prompts, prompt_lengths = pad([row[:-2] for row in rows])
    parts = [(torch.nn.functional.pad(prompts, (0, extra)), prompt_lengths)]
    parts += [(torch.tensor([[row[place]] for row in rows]), torch.ones_like(lengths)) for place in (-2, -1)]
    state, calls = model.begin(len(rows)), []
    with torch.no_grad():
        for part, part_lengths in parts:
            logits, outputs = model.eval().call(part, part_lengths, state)
            state = model.carry(state, outputs, part_lengths)
            # New keys and values of padding are nobody's business, so only recurrent states are probed.
            states = {key: value for key, value in outputs.items() if key.endswith("_out")}
            calls.append({"tokens": part.tolist(), "lengths": part_lengths.tolist(),
                          "outputs": {key: probe(value) for key, value in {"logits": logits, **states}.items()}})
        scores = _log_probabilities(model, tokens, lengths)
    return {"calls": calls, "score": {"tokens": tokens.tolist(), "lengths": lengths.tolist(), "outputs": {"log_probs": probe(scores)}}}


def _log_probabilities(model, tokens, lengths):
    logits = torch.log_softmax(model.logits(model(tokens[:, :-1])), dim=2)
    picked = logits.gather(2, tokens[:, 1:].unsqueeze(2)).squeeze(2)
    return picked * (torch.arange(1, tokens.shape[1]) < lengths.unsqueeze(1))
