"""The files of test vectors, and large tensors in them: their shape and a few of their values."""
import json
import random

TOLERANCE = 1e-4
_VALUES = 24


def probe(tensor):
    """{"shape", "at": flat positions, "values"}: spread over the tensor, the last position always among them."""
    flat, shape = tensor.detach().reshape(-1), list(tensor.shape)
    places = sorted(random.Random(len(flat)).sample(range(len(flat)), min(_VALUES, len(flat))))
    places[-1:] = [len(flat) - 1] if places else []
    return {"shape": shape, "at": places, "values": [round(flat[place].item(), 6) for place in places]}


def write_cases(name, cases, path, tolerance=TOLERANCE):
    """One case a line, so that a change shows which."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = ",\n".join("  " + json.dumps(case, separators=(",", ":")) for case in cases)
    path.write_text(f'{{"model":"{name}","tolerance":{tolerance},"cases":[\n{lines}\n]}}\n')
