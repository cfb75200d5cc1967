"""Vaswani et al. 2017, with the layer norms in front (pre-norm), which needs no long warm-up."""
import torch
from torch import nn

from ..blocks import Block
from ..dropout import ByteDropout
from ..heads import CrossAttention, FeedForward, SelfAttention, causal_bias, length_bias, sinusoids
from .translator import Translator

_MOST_POSITIONS = 256


class DecoderBlock(nn.Module):
    def __init__(self, width, heads, inner, dropout):
        super().__init__()
        self.norm_self, self.norm_cross, self.norm_feed = nn.LayerNorm(width), nn.LayerNorm(width), nn.LayerNorm(width)
        self.self_attention = SelfAttention(width, heads)
        self.cross_attention = CrossAttention(width, heads)
        self.feed = FeedForward(width, inner, dropout)
        self.dropout = ByteDropout(dropout)

    def forward(self, states, bias, past, cross, cross_bias):
        """(states, new keys and values, weights over the source)."""
        looked, new = self.self_attention(self.norm_self(states), bias, past)
        states = states + self.dropout(looked)
        looked, weights = self.cross_attention(self.norm_cross(states), *cross, cross_bias)
        states = states + self.dropout(looked)
        return states + self.dropout(self.feed(self.norm_feed(states))), new, weights


class TransformerTranslator(Translator):
    def __init__(self, vocabulary, embedding=192, heads=6, layers=3, inner=768, dropout=0.1):
        super().__init__(vocabulary, embedding, dropout)
        # Rounded as the file will hold them.
        self.register_buffer("positions", sinusoids(_MOST_POSITIONS, embedding).half().float(), persistent=False)
        self.encoder = nn.ModuleList(Block(embedding, heads, inner, dropout) for _ in range(layers))
        self.decoder = nn.ModuleList(DecoderBlock(embedding, heads, inner, dropout) for _ in range(layers))
        self.norm_encoder, self.norm_decoder = nn.LayerNorm(embedding), nn.LayerNorm(embedding)
        # Alignments are sharpest in the layer before the last (Garg et al. 2019).
        self.aligned = max(0, layers - 2)

    def encode(self, source, lengths):
        states = self.dropout(self.embedded(source) + self.positions[:source.shape[1]])
        bias = length_bias(lengths, source.shape[1])
        for block in self.encoder:
            states, _ = block(states, bias)
        states = self.norm_encoder(states)
        encoded = {}
        for index, block in enumerate(self.decoder):
            encoded[f"cross_k_{index}"], encoded[f"cross_v_{index}"] = block.cross_attention.keys_values(states)
        return encoded

    def begin(self, encoded, lengths):
        batch, heads, _, size = encoded["cross_k_0"].shape
        empty = torch.zeros(batch, heads, 0, size, device=lengths.device)
        state = {"past_len": torch.zeros_like(lengths)}
        for index in range(len(self.decoder)):
            state[f"past_k_{index}"] = state[f"past_v_{index}"] = empty
        return state, {**encoded, "src_len": lengths}

    def features(self, target, state, memory):
        return self._run(target, state, memory)[0]

    def step(self, tokens, state, memory):
        features, outputs, weights = self._run(tokens.unsqueeze(1), state, memory)
        return self.logits(features.squeeze(1)), outputs, weights.mean(1).squeeze(1)

    def carry(self, state, outputs):
        """Caches grow by the new keys and values."""
        grown = {"past_len": state["past_len"] + 1}
        for name in state:
            if name != "past_len":
                grown[name] = torch.cat([state[name], outputs[name.replace("past", "new")]], dim=2)
        return grown

    def _run(self, target, state, memory):
        steps, past = target.shape[1], state["past_k_0"].shape[2]
        places = state["past_len"].unsqueeze(1) + torch.arange(steps, device=target.device)
        states = self.dropout(self.embedded(target) + self.positions[places])
        bias = causal_bias(state["past_len"], past, steps)
        cross_bias = length_bias(memory["src_len"], memory["cross_k_0"].shape[2])
        outputs, aligned = {}, None
        for index, block in enumerate(self.decoder):
            cache = (state[f"past_k_{index}"], state[f"past_v_{index}"]) if past else None
            cross = memory[f"cross_k_{index}"], memory[f"cross_v_{index}"]
            states, new, weights = block(states, bias, cache, cross, cross_bias)
            outputs[f"new_k_{index}"], outputs[f"new_v_{index}"] = new
            aligned = weights if index == self.aligned else aligned
        return self.norm_decoder(states), outputs, aligned
