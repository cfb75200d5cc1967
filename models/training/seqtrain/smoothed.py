"""Cross-entropy with label smoothing, as one autograd node.

PyTorch's own makes five passes over [tokens, vocabulary] in single precision, which at these sizes
costs as much as half of the model; this one keeps the probabilities and turns them into the
gradient where they lie.
"""
import torch


class _Smoothed(torch.autograd.Function):
    @staticmethod
    def forward(ctx, logits, wanted, smoothing):
        values = logits.float()
        mean = values.mean(1)
        picked = values.gather(1, wanted.unsqueeze(1)).squeeze(1)
        top = values.amax(1, keepdim=True)
        # Never in place on the caller's logits: float() gives those back where they are single precision already.
        shares = (values - top).exp_()
        total = shares.sum(1, keepdim=True)
        shares /= total
        ctx.save_for_backward(shares, wanted)
        ctx.smoothing, ctx.kind = smoothing, logits.dtype
        return (total.squeeze(1).log() + top.squeeze(1) - (1 - smoothing) * picked - smoothing * mean).mean()

    @staticmethod
    def backward(ctx, grad):
        shares, wanted = ctx.saved_tensors
        shares -= ctx.smoothing / shares.shape[1]
        rows = torch.arange(len(wanted), device=wanted.device)
        shares[rows, wanted] -= 1 - ctx.smoothing
        shares *= grad / len(wanted)
        return shares.to(ctx.kind), None, None


def smoothed_cross_entropy(logits, wanted, smoothing):
    """Mean over rows, equal to torch.nn.functional.cross_entropy; its backward may run once only."""
    return _Smoothed.apply(logits, wanted, smoothing)
