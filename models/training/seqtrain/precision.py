"""Fewer bits: in the files, so that is what gets scored and reported, and in products while training."""
import contextlib
from pathlib import Path

import torch

_CPU = Path("/proc/cpuinfo")


_LARGEST = 127
# Below this, half precision loses digits.
_LEAST_STEP = 2 ** -14


def round_as_stored(model):
    """Rounds a model with a tied embedding, in place, to what its file will hold: the embedding to 8 bits a number, all else to half precision."""
    table = model.embed.weight.data
    numbers, steps = byte_table(table)
    round_to_half(model)
    model.embed.weight.data = numbers * steps
    return model


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
    """Whether this processor multiplies bfloat16 itself; elsewhere PyTorch imitates it, which is slower than single precision."""
    if device != "cpu":
        return True
    return _CPU.exists() and any(flag in _CPU.read_text() for flag in ("avx512_bf16", "amx_bf16"))


def half_products(model, wanted):
    """A context in which matrix products are in bfloat16; weights, their updates and the loss stay in single precision."""
    return torch.autocast(model.embed.weight.device.type, torch.bfloat16) if wanted else contextlib.nullcontext()
