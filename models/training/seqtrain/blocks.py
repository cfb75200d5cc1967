"""The pre-norm Transformer block without cross-attention: an encoder's, and a language model's."""
from torch import nn

from .dropout import ByteDropout
from .heads import FeedForward, SelfAttention


class Block(nn.Module):
    def __init__(self, width, heads, inner, dropout):
        super().__init__()
        self.norm_self, self.norm_feed = nn.LayerNorm(width), nn.LayerNorm(width)
        self.self_attention = SelfAttention(width, heads)
        self.feed = FeedForward(width, inner, dropout)
        self.dropout = ByteDropout(dropout)

    def forward(self, states, bias, past=None):
        """(states, the keys and values that these tokens add to a cache)."""
        looked, new = self.self_attention(self.norm_self(states), bias, past)
        states = states + self.dropout(looked)
        return states + self.dropout(self.feed(self.norm_feed(states))), new
