"""Fewer bits: in the files, so that is what gets scored and reported, and in products while training."""
import contextlib
import math
import time

import torch

_SHAPE = (1024, 256, 1024)
_OPERATIONS = 2 * math.prod(_SHAPE)
# bfloat16 has to be faster by this much, for values are cast to it and back.
_CASTS = 1.3

_LARGEST = 127
# Below this, half precision loses digits.
_LEAST_STEP = 2 ** -14


def round_as_stored(model):
    """Rounds a model with a tied embedding, in place, to what its file will hold: the embedding to 8 bits a number, all else to half precision."""
    table = round_table(model.embed.weight.data)
    round_to_half(model)
    model.embed.weight.data = table
    return model


def round_table(table):
    """The table as a file holds it with 8 bits a number."""
    numbers, steps = byte_table(table)
    return numbers * steps


def byte_table(table):
    """(whole numbers from -127 to 127 [rows, width], the size of one of them in each row [rows, 1], a half precision number); of a rounded table its own."""
    steps = (table.abs().amax(1, keepdim=True) / _LARGEST).clamp(min=_LEAST_STEP).half().float()
    return (table / steps).round().clamp(-_LARGEST, _LARGEST), steps


def round_to_half(model):
    """Rounds every parameter to the nearest half precision number, in place."""
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(parameter.half().float())
    return model


def half_products_pay(device):
    """Whether to multiply in bfloat16: measured, for what a processor can do says little about what PyTorch's libraries do with it."""
    if device != "cpu":
        return True
    single, half = (_product_seconds(kind) for kind in (torch.float32, torch.bfloat16))
    print(f"products: {_OPERATIONS / single / 1e9:.0f} GFLOPS in single precision, {_OPERATIONS / half / 1e9:.0f} in bfloat16", flush=True)
    return single > _CASTS * half


def _product_seconds(kind):
    """Seconds of one product as the models make them, the best of some."""
    left, right, best = torch.ones(*_SHAPE[:2], dtype=kind), torch.ones(*_SHAPE[1:], dtype=kind), math.inf
    for _ in range(10):
        started = time.perf_counter()
        torch.mm(left, right)
        best = min(best, time.perf_counter() - started)
    return best


def half_products(model, wanted):
    """A context in which matrix products are in bfloat16; weights, their updates and the loss stay in single precision."""
    return torch.autocast(model.embed.weight.device.type, torch.bfloat16) if wanted else contextlib.nullcontext()
