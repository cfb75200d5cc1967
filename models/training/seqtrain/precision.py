"""Half precision: in the files, so that is what gets scored and reported, and in products while training."""
import contextlib
from pathlib import Path

import torch

_CPU = Path("/proc/cpuinfo")


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
