"""Word vectors from co-occurrence counts: no training loop, a minute of linear algebra.

Positive pointwise mutual information of ids near each other, factored by a randomized SVD
(Levy and Goldberg 2014; Halko, Martinsson and Tropp 2011). Nothing is downloaded.
"""
import numpy
import torch

_WINDOW = 4


def cooccurrence_vectors(rows, vocabulary, width, spread=0.3, seed=1):
    """[vocabulary, width]; ids that never occur get small random vectors."""
    counts = numpy.zeros(vocabulary * vocabulary, dtype=numpy.float32)
    # A gap of -1 between texts keeps the end of one from meeting the start of the next.
    gap = [-1] * _WINDOW
    stream = numpy.concatenate([numpy.array(row + gap, dtype=numpy.int64) for row in rows])
    for distance in range(1, _WINDOW + 1):
        left, right = stream[:-distance], stream[distance:]
        both = (left >= 0) & (right >= 0)
        pairs = left[both] * vocabulary + right[both]
        cells, times = numpy.unique(pairs, return_counts=True)
        counts[cells] += times / distance
    matrix = torch.from_numpy(counts.reshape(vocabulary, vocabulary))
    matrix = _positive_information(matrix + matrix.t())
    return _scaled(_factor(matrix, width, seed), spread, seed)


def _positive_information(counts):
    # Contexts smoothed by the power 0.75, as word2vec does, so that rare ones do not dominate.
    total = counts.sum(1).clamp(min=1e-9)
    context = total ** 0.75
    context = context / context.sum()
    information = torch.log(counts / total.unsqueeze(1) / context)
    return torch.nan_to_num(information, neginf=0.0).clamp_(min=0)


def _factor(matrix, width, seed):
    generator = torch.Generator().manual_seed(seed)
    basis = torch.linalg.qr(matrix @ torch.randn(len(matrix), width + 32, generator=generator))[0]
    for _ in range(3):
        basis = torch.linalg.qr(matrix @ (matrix.t() @ basis))[0]
    left, values, _ = torch.linalg.svd(basis.t() @ matrix, full_matrices=False)
    return (basis @ left[:, :width]) * values[:width].sqrt()


def _scaled(vectors, spread, seed):
    generator = torch.Generator().manual_seed(seed)
    vectors = vectors - vectors.mean(0)
    lengths = vectors.norm(dim=1, keepdim=True)
    never_seen = torch.randn(vectors.shape, generator=generator) / vectors.shape[1] ** 0.5
    vectors = torch.where(lengths > 1e-3, vectors / lengths.clamp(min=1e-9), never_seen)
    return vectors * (spread * vectors.shape[1] ** 0.5)
