"""The pieces of the training loop that were rewritten for speed, against PyTorch's own."""
import unittest

import torch

from seqtrain.batches import share_of_epoch
from seqtrain.dropout import ByteDropout
from seqtrain.precision import byte_table
from seqtrain.smoothed import smoothed_cross_entropy
from translation_corpus import some_joined


class SmoothedCrossEntropyTests(unittest.TestCase):
    def test_equals_the_library(self):
        torch.manual_seed(2)
        wanted = torch.randint(0, 30, (9,))
        for smoothing in (0.0, 0.1):
            mine = torch.randn(9, 30, requires_grad=True)
            theirs = mine.detach().clone().requires_grad_()
            loss = smoothed_cross_entropy(mine, wanted, smoothing)
            expected = torch.nn.functional.cross_entropy(theirs, wanted, label_smoothing=smoothing)
            (3 * loss).backward()
            (3 * expected).backward()
            torch.testing.assert_close(loss, expected)
            torch.testing.assert_close(mine.grad, theirs.grad)


class ByteDropoutTests(unittest.TestCase):
    def test_keeps_the_mean_and_drops_the_share(self):
        torch.manual_seed(3)
        dropped = ByteDropout(0.2)(torch.ones(101, 997))
        self.assertAlmostEqual((dropped == 0).float().mean().item(), 51 / 256, delta=0.005)
        self.assertAlmostEqual(dropped.mean().item(), 1, delta=0.01)
        self.assertEqual(len(dropped.unique()), 2)

    def test_does_nothing_outside_training(self):
        values = torch.randn(7)
        self.assertIs(ByteDropout(0.5).eval()(values), values)


class StoredNumbersTests(unittest.TestCase):
    def test_rounding_twice_changes_nothing(self):
        torch.manual_seed(5)
        table = torch.randn(50, 24) * torch.logspace(-6, 1, 50).unsqueeze(1)
        table[7] = 0
        numbers, steps = byte_table(table)
        again = byte_table(numbers * steps)
        self.assertTrue(torch.equal(numbers, again[0]) and torch.equal(steps, again[1]))

    def test_a_number_moves_by_half_a_step_at_most(self):
        torch.manual_seed(6)
        table = torch.randn(50, 24)
        numbers, steps = byte_table(table)
        self.assertLessEqual(((numbers * steps - table).abs() / steps).max().item(), 0.5 + 127 * 2 ** -11)
        self.assertEqual(numbers.abs().amax(1).unique().tolist(), [127])


class RoundTests(unittest.TestCase):
    def test_every_row_comes_once_an_epoch(self):
        rows = list(range(10))
        for epoch in range(2):
            seen = sum((share_of_epoch(rows, 3 * epoch + part, 3, seed=5) for part in range(3)), [])
            self.assertEqual(sorted(seen), rows)

    def test_joined_pairs_keep_all_tokens_and_the_limit(self):
        pairs = [([index], [index, index]) for index in range(200)]
        joined = some_joined(pairs, seed=1, longest=6, chance=0.5)
        self.assertEqual(sum((source for source, _ in joined), []), list(range(200)))
        self.assertTrue(all(len(target) == 2 * len(source) and len(target) < 6 for source, target in joined))
        self.assertLess(len(joined), 200)


if __name__ == "__main__":
    unittest.main()
