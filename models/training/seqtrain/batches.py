"""Batches of near length: padding is work that teaches nothing."""
import random

import torch

from .tokenizer import PAD


def pad(rows, device="cpu"):
    """Right-padded ids and their lengths."""
    lengths = torch.tensor([len(row) for row in rows])
    ids = torch.full((len(rows), int(lengths.max())), PAD)
    for index, row in enumerate(rows):
        ids[index, :len(row)] = torch.tensor(row)
    return ids.to(device), lengths.to(device)


def near_length_batches(lengths, tokens, seed, most_rows=512):
    """Index lists of about `tokens` padded tokens each, in random order.

    Lengths are jittered before sorting: with a strict sort the same rows meet in every epoch.
    """
    rng = random.Random(seed)
    order = sorted(range(len(lengths)), key=lambda index: lengths[index] * rng.uniform(0.9, 1.1) + rng.random())
    batches, batch, longest = [], [], 0
    for index in order:
        longest_now = max(longest, lengths[index])
        if batch and (longest_now * (len(batch) + 1) > tokens or len(batch) == most_rows):
            batches.append(batch)
            batch, longest_now = [], lengths[index]
        batch.append(index)
        longest = longest_now
    batches.append(batch)
    rng.shuffle(batches)
    return batches


def in_length_order(rows, tokens=8192):
    """(indices, ids, lengths) over all rows, for scoring."""
    order = sorted(range(len(rows)), key=lambda index: len(rows[index]))
    start = 0
    while start < len(order):
        end = start + 1
        while end < len(order) and len(rows[order[end]]) * (end + 1 - start) <= tokens:
            end += 1
        part = order[start:end]
        yield (part, *pad([rows[index] for index in part]))
        start = end


def share_of_epoch(rows, number, parts, seed):
    """Round `number` of a training whose epochs are cut into equal parts: every row once an epoch, in a new order each."""
    order = list(range(len(rows)))
    random.Random(seed * 1000 + number // parts).shuffle(order)
    return [rows[index] for index in order[number % parts::parts]]
