"""Counting runs of items."""
from collections import Counter


def ngrams(items, order):
    """How often each run of `order` neighbours occurs in a tuple or a string."""
    return Counter(items[start:start + order] for start in range(len(items) - order + 1))
