"""Greedy and beam search on a tiny model, against all sequences there are."""
import itertools
import unittest

import torch

from seqtrain.decoding import beam_search, greedy
from seqtrain.decoding.beam import normalized
from seqtrain.tokenizer import BOS, EOS

_VOCABULARY, _LIMIT = 6, 4


class TinyModel:
    """Scores depend on the row's own number and on all tokens so far, so that a mixed-up state shows."""

    def step(self, tokens, state, memory):
        mixed = state["h_in"] * 7 + tokens + 1
        logits = torch.stack([self._scores(int(value), int(row)) for value, row in zip(mixed, memory["row"])])
        return logits, {"h_out": mixed}, None

    def carry(self, state, outputs):
        return {"h_in": outputs["h_out"]}

    @staticmethod
    def begin(rows):
        return {"h_in": torch.zeros(rows, dtype=torch.int64)}, {"row": torch.arange(rows)}

    @staticmethod
    def _scores(value, row):
        generator = torch.Generator().manual_seed(value * 31 + row)
        return torch.randn(_VOCABULARY, generator=generator) * 1.5


def _log_probability(model, row, ids):
    """Of one row's ids, fed step by step."""
    state, memory = {"h_in": torch.zeros(1, dtype=torch.int64)}, {"row": torch.tensor([row])}
    total = 0.0
    for token, following in zip([BOS] + ids[:-1], ids):
        logits, outputs, _ = model.step(torch.tensor([token]), state, memory)
        state = model.carry(state, outputs)
        total += torch.log_softmax(logits, dim=1)[0, following].item()
    return total


def _all_hypotheses(model, row, penalty):
    """(score, ids without the end id) of every sequence that ends, or reaches the limit; best first."""
    others = [token for token in range(_VOCABULARY) if token != EOS]
    found = []
    for length in range(1, _LIMIT + 1):
        for ids in itertools.product(others, repeat=length - 1):
            for last in (EOS,) if length < _LIMIT else range(_VOCABULARY):
                whole = [*ids, last]
                found.append((normalized(_log_probability(model, row, whole), length, penalty), whole[:-1] if last == EOS else whole))
    return sorted(found, key=lambda hypothesis: -hypothesis[0])


class DecodingTests(unittest.TestCase):
    def test_a_wide_beam_finds_what_trying_everything_finds(self):
        model = TinyModel()
        for penalty in (0.0, 1.0):
            answers = beam_search(model, *model.begin(2), [_LIMIT] * 2, beams=1500, penalty=penalty)
            for row in range(2):
                expected = _all_hypotheses(model, row, penalty)
                self.assertEqual(answers[row][0][1], expected[0][1])
                self.assertEqual(len(answers[row]), len(expected))
                for (found, _), (score, _) in zip(answers[row], expected):
                    self.assertAlmostEqual(found, score, places=4)

    def test_scores_are_those_of_the_ids(self):
        model = TinyModel()
        for row, hypotheses in enumerate(beam_search(model, *model.begin(5), [_LIMIT] * 5, beams=4, penalty=0.6)):
            for score, ids in hypotheses:
                ended = ids if len(ids) == _LIMIT else ids + [EOS]
                self.assertAlmostEqual(score, normalized(_log_probability(model, row, ended), len(ended), 0.6), places=4)

    def test_one_beam_is_greedy(self):
        model = TinyModel()
        answers = greedy(model, *model.begin(8), [_LIMIT] * 8)
        beams = beam_search(model, *model.begin(8), [_LIMIT] * 8, beams=1, penalty=0.0)
        self.assertEqual([hypotheses[0][1] for hypotheses in beams], answers)

    def test_rows_do_not_depend_on_each_other(self):
        model = TinyModel()
        limits = [1, 4, 2, 3]
        together = beam_search(model, *model.begin(4), limits, beams=3)
        all_greedy = greedy(model, *model.begin(4), limits)
        for row, limit in enumerate(limits):
            state, memory = {"h_in": torch.zeros(1, dtype=torch.int64)}, {"row": torch.tensor([row])}
            self.assertEqual(beam_search(model, state, memory, [limit], beams=3)[0], together[row])
            self.assertEqual(greedy(model, state, memory, [limit])[0], all_greedy[row])


if __name__ == "__main__":
    unittest.main()
