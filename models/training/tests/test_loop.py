"""The training loop: it learns, ends by rounds or by time, and goes on where it was stopped."""
import contextlib
import io
import math
import tempfile
import unittest
from pathlib import Path

import torch

from seqtrain.classifiers import build_classifier
from seqtrain.loop import Plan, Stage

_ROWS = [[4 + index % 2] * (2 + index % 5) for index in range(64)]
_TARGETS = torch.eye(2)[[index % 2 for index in range(64)]]


class LoopTests(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.checks = 0

    def _stage(self, rounds, **plan):
        torch.manual_seed(1)
        model = build_classifier("gru", 8, 2, embedding=8, hidden=8)

        def validate(candidate):
            self.checks += 1
            with torch.no_grad():
                answers = candidate(torch.tensor([[4, 4], [5, 5]]), torch.tensor([2, 2]))
            return (answers[0, 0] - answers[0, 1] + answers[1, 1] - answers[1, 0]).item()

        return Stage("test", model, Plan(rounds=rounds, learning_rate=0.02, batch_tokens=64, average=0.5, checks_per_round=1, **plan),
                     lambda number: (_ROWS, _TARGETS), validate, self.folder, seed=3)

    def _run(self, stage):
        with contextlib.redirect_stdout(io.StringIO()):
            return stage.run()

    def test_learns_and_ends_with_its_rounds(self):
        _, report = self._run(self._stage(3))
        self.assertGreater(report["best"], 1)
        self.assertEqual(self.checks, 3)
        self.assertEqual(report["tokens"], 3 * sum(map(len, _ROWS)))

    def test_ends_in_time_with_a_last_check(self):
        _, report = self._run(self._stage(1000, minutes=0.005))
        self.assertLess(report["tokens"], 1000 * sum(map(len, _ROWS)))
        self.assertGreater(report["best"], -math.inf)

    def test_a_run_that_ended_is_not_run_again(self):
        first, report = self._run(self._stage(2))
        second, again = self._run(self._stage(2))
        self.assertEqual(self.checks, 2)
        self.assertEqual(again["tokens"], report["tokens"])
        for one, other in zip(first.parameters(), second.parameters()):
            torch.testing.assert_close(one, other)

    def test_goes_on_where_it_was_stopped(self):
        self._run(self._stage(2))
        _, report = self._run(self._stage(4))
        self.assertEqual(report["tokens"], 4 * sum(map(len, _ROWS)))


if __name__ == "__main__":
    unittest.main()
