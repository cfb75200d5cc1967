"""Scoring a classifier."""
import torch

from .batches import in_length_order


def probabilities(model, rows):
    """[rows, classes] in the order of `rows`."""
    model.eval()
    answers = [None] * len(rows)
    with torch.no_grad():
        for part, ids, lengths in in_length_order(rows):
            for index, answer in zip(part, torch.softmax(model(ids, lengths), dim=1)):
                answers[index] = answer
    return torch.stack(answers)


def accuracy(model, rows, labels):
    """Percent of rows whose most probable class is the label."""
    right = probabilities(model, rows).argmax(1) == torch.tensor(labels)
    return 100 * right.float().mean().item()
