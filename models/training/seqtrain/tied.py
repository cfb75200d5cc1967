"""One embedding that serves input and output."""
import math

import torch
from torch import nn

from .dropout import ByteDropout


class TiedEmbedding(nn.Module):
    def __init__(self, vocabulary, embedding, dropout):
        super().__init__()
        self.embed = nn.Embedding(vocabulary, embedding)
        nn.init.normal_(self.embed.weight, std=embedding ** -0.5)
        self.output_bias = nn.Parameter(torch.zeros(vocabulary))
        self.dropout = ByteDropout(dropout)
        # An output matrix wants short rows, an input unit variance.
        self.scale = math.sqrt(embedding)

    def logits(self, features):
        """Scores of the vocabulary from features."""
        return nn.functional.linear(features, self.embed.weight, self.output_bias)
