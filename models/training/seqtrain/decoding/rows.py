"""State and memory are dictionaries of tensors whose axis 0 is the row."""


def choose(tensors, rows):
    """The rows with these indices, in this order; a row may come several times."""
    return {name: tensor.index_select(0, rows) for name, tensor in tensors.items()}


