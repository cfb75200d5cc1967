"""Large tensors in test vectors: their shape and a few of their values."""
import random

_VALUES = 24


def probe(tensor):
    """{"shape", "at": flat positions, "values"}: spread over the tensor, the last position always among them."""
    flat, shape = tensor.detach().reshape(-1), list(tensor.shape)
    places = sorted(random.Random(len(flat)).sample(range(len(flat)), min(_VALUES, len(flat))))
    places[-1:] = [len(flat) - 1] if places else []
    return {"shape": shape, "at": places, "values": [round(flat[place].item(), 6) for place in places]}
