"""Encoder-decoders: the four families, their training objective, their graphs and their evaluation."""
