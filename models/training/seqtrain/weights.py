"""The files hold weights in half precision, so that is what gets scored and reported."""
import torch


def round_to_half(model):
    """Rounds every parameter to the nearest half precision number, in place."""
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(parameter.half().float())
    return model
