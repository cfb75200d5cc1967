"""The decoder-only Transformer, pre-norm, with its keys and values as inputs and outputs."""
import torch
from torch import nn

from ..blocks import Block
from ..heads import causal_bias, sinusoids
from .model import LanguageModel

_MOST_POSITIONS = 256


class TransformerLanguageModel(LanguageModel):
    def __init__(self, vocabulary, embedding=192, heads=6, layers=4, inner=768, dropout=0.1):
        super().__init__(vocabulary, embedding, dropout)
        # Rounded as the file will hold them.
        self.register_buffer("positions", sinusoids(_MOST_POSITIONS, embedding).half().float(), persistent=False)
        self.blocks = nn.ModuleList(Block(embedding, heads, inner, dropout) for _ in range(layers))
        self.norm = nn.LayerNorm(embedding)

    def begin(self, batch):
        heads = self.blocks[0].self_attention.heads
        device = self.embed.weight.device
        empty = torch.zeros(batch, heads, 0, self.embed.embedding_dim // heads, device=device)
        state = {"past_len": torch.zeros(batch, dtype=torch.int64, device=device)}
        for index in range(len(self.blocks)):
            state[f"past_k_{index}"] = state[f"past_v_{index}"] = empty
        return state

    def run(self, tokens, lengths, state):
        steps, past = tokens.shape[1], state["past_k_0"].shape[2]
        places = state["past_len"].unsqueeze(1) + torch.arange(steps, device=tokens.device)
        # Padding may lie beyond the last position; what it reads there is never used.
        states = self.dropout(self.embed(tokens) * self.scale + self.positions[places.clamp(max=_MOST_POSITIONS - 1)])
        bias = causal_bias(state["past_len"], past, steps)
        outputs = {}
        for index, block in enumerate(self.blocks):
            cache = (state[f"past_k_{index}"], state[f"past_v_{index}"]) if past else None
            states, (outputs[f"new_k_{index}"], outputs[f"new_v_{index}"]) = block(states, bias, cache)
        return self.norm(states), outputs

    def carry(self, state, outputs, lengths):
        """Each row's new keys and values go behind its old ones; rows may differ in length."""
        total = state["past_len"] + lengths
        grown = {"past_len": total}
        for name, past in state.items():
            if name == "past_len":
                continue
            new = outputs[name.replace("past", "new")]
            cache = new.new_zeros(*past.shape[:2], int(total.max()), past.shape[3])
            for row, (old, count) in enumerate(zip(state["past_len"].tolist(), lengths.tolist())):
                cache[row, :, :old] = past[row, :, :old]
                cache[row, :, old:old + count] = new[row, :, :count]
            grown[name] = cache
        return grown
