"""From next-token scores to sequences."""
from .beam import beam_search
from .greedy import greedy

__all__ = ["beam_search", "greedy"]
