"""Test vectors: what PyTorch answers, for the server's test of the exported graph."""
import random

import torch

from .batches import pad
from .probes import TOLERANCE, write_cases


def write_vectors(model, name, texts_ids, longest, path, tolerance=TOLERANCE):
    """Cases of one row, of mixed lengths, of more padding than needed, of one token and of the longest input."""
    rng = random.Random(7)
    texts_ids = sorted(texts_ids, key=len)
    pick = [texts_ids[len(texts_ids) * part // 6] for part in range(1, 6)]
    vocabulary = model.embed.num_embeddings
    random_row = [rng.randrange(4, vocabulary) for _ in range(longest)]
    cases = [_case(model, [pick[2]]), _case(model, pick), _case(model, [pick[3], pick[1]], extra=9),
             _case(model, [pick[2][:1]]), _case(model, [pick[4], pick[2][:1]]), _case(model, [random_row])]
    write_cases(name, cases, path, tolerance)


def _case(model, rows, extra=0):
    ids, lengths = pad(rows)
    ids = torch.nn.functional.pad(ids, (0, extra))
    with torch.no_grad():
        logits = model.eval()(ids, lengths)
    return {"ids": ids.tolist(), "lengths": lengths.tolist(),
            "logits": [[round(value, 6) for value in row] for row in logits.tolist()]}
