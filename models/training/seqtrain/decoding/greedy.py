"""The most probable token at every step."""
import torch

from ..tokenizer import BOS, EOS
from .rows import choose


def greedy(model, state, memory, limits):
    """Ids of each row without the end id; row r gets at most limits[r] tokens."""
    answers = [[] for _ in limits]
    live = torch.arange(len(limits))
    tokens = torch.full((len(limits),), BOS)
    while len(live):
        logits, outputs, _ = model.step(tokens, state, memory)
        state, tokens = model.carry(state, outputs), logits.argmax(1)
        going = []
        for place, (row, token) in enumerate(zip(live.tolist(), tokens.tolist())):
            if token != EOS:
                answers[row].append(token)
                if len(answers[row]) < limits[row]:
                    going.append(place)
        if len(going) < len(live):
            # Rows that are done leave, so that the long ones do not pay for them.
            kept = torch.tensor(going, dtype=torch.int64)
            state, memory, live, tokens = choose(state, kept), choose(memory, kept), live[kept], tokens[kept]
    return answers
