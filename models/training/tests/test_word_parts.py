"""The classifier that sees words and parts of words, and how the intent recipe varies its texts."""
import unittest

import torch

from intent_corpus import as_typed
from seqtrain.batches import pad
from seqtrain.word_parts import PartsClassifier, PartsVocabulary, parts_of


class PartsTests(unittest.TestCase):
    def test_a_text_has_words_pairs_and_spans(self):
        parts = parts_of("my card")
        self.assertLessEqual({"my", "card", ("next", "my", "card"), ("next", "<", "my"), ("over", "<", "card"), ("span", "<my>"), ("span", "ard>")}, parts)
        self.assertNotIn(("span", "my"), parts)

    def test_order_is_seen_among_neighbours_only(self):
        self.assertNotEqual(parts_of("pay my bill"), parts_of("bill my pay"))
        self.assertEqual(parts_of("a a a a b b b b a a a a"), parts_of("a a a a a b b b b b a a a a a"))

    def test_rare_parts_have_no_number(self):
        vocabulary = PartsVocabulary(["pay now"] * 3 + ["pay later"])
        known, unknown = vocabulary.rows(["pay now", "zzz"])
        self.assertLess(set(vocabulary.rows(["pay later"])[0]), set(known))
        self.assertEqual(unknown, [0])
        self.assertEqual(max(known), len(vocabulary.weights) - 1)


class PartsClassifierTests(unittest.TestCase):
    def test_padding_does_not_change_an_answer(self):
        torch.manual_seed(4)
        model = PartsClassifier(torch.tensor([0.0, 1.0, 2.0, 0.5, 3.0]), classes=3, hidden=8).eval()
        together = model(*pad([[1, 2], [1, 2, 3, 4]]))
        torch.testing.assert_close(together[:1], model(*pad([[1, 2]])))

    def test_a_text_of_unknown_parts_gets_finite_answers(self):
        model = PartsClassifier(torch.tensor([0.0, 1.0]), classes=3, hidden=8).eval()
        self.assertTrue(torch.isfinite(model(*pad([[0]]))).all())


class AsTypedTests(unittest.TestCase):
    def test_end_marks_and_missing_words_are_as_frequent_as_said(self):
        text = "how do i pay the bill of last month"
        typed = list(as_typed([text] * 4000, seed=1))
        self.assertAlmostEqual(sum(line[-1] in ".?!" for line in typed) / 4000, 0.1, delta=0.02)
        self.assertGreater(sum(line.rstrip(".?!") == text for line in typed), 2000)
        self.assertEqual(typed, list(as_typed([text] * 4000, seed=1)))
        self.assertTrue(all(set(line.rstrip(".?!").split()) <= set(text.split()) for line in typed))


if __name__ == "__main__":
    unittest.main()
