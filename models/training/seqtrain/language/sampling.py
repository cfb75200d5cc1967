"""Text from a language model, one token at a time."""
import torch

from ..tokenizer import BOS, EOS


def sample(model, prompt, most, temperature, top, seed):
    """Ids that follow `prompt`, drawn from the `top` most probable tokens at each step, up to the end id."""
    generator = torch.Generator().manual_seed(seed)
    tokens, state, drawn = torch.tensor([[BOS] + prompt]), model.begin(1), []
    model.eval()
    with torch.no_grad():
        while len(drawn) < most:
            lengths = torch.tensor([tokens.shape[1]])
            logits, outputs = model.call(tokens, lengths, state)
            state = model.carry(state, outputs, lengths)
            best = torch.topk(logits[0] / temperature, min(top, logits.shape[1]))
            token = int(best.indices[torch.multinomial(torch.softmax(best.values, 0), 1, generator=generator)])
            if token == EOS:
                break
            drawn.append(token)
            tokens = torch.tensor([[token]])
    return drawn
