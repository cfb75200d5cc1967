"""The language models: calls against one pass over the whole text, and answers that do not depend on padding."""
import unittest

import torch

from language_model_corpus import LONGEST, rows_of, word_count
from seqtrain.batches import pad
from seqtrain.language.architectures import ARCHITECTURES, build_language_model
from seqtrain.language.rows import negative_log_likelihood
from seqtrain.language.sampling import sample
from seqtrain.tokenizer import BOS, EOS

_VOCABULARY = 40
_TEXTS = [[2, 9, 8, 7, 6, 5], [2, 11, 12], [2, 30, 31, 32, 33]]


def _model(architecture):
    torch.manual_seed(6)
    sizes = {"embedding": 16, "layers": 2, "heads": 2, "inner": 24} if architecture == "transformer" else {"embedding": 12, "hidden": 18}
    return build_language_model(architecture, _VOCABULARY, **sizes).eval()


class LanguageModelTests(unittest.TestCase):
    def setUp(self):
        torch.set_grad_enabled(False)
        self.addCleanup(torch.set_grad_enabled, True)

    def test_prompt_and_steps_equal_one_pass(self):
        ids, lengths = pad(_TEXTS)
        following = torch.tensor([[20, 21], [22, 23], [24, 25]])
        for architecture in ARCHITECTURES:
            model = _model(architecture)
            state = model.begin(3)
            logits, outputs = model.call(torch.nn.functional.pad(ids, (0, 2), value=19), lengths, state)
            state = model.carry(state, outputs, lengths)
            answers = [logits]
            for tokens in following.t():
                logits, outputs = model.call(tokens.unsqueeze(1), torch.ones(3, dtype=torch.int64), state)
                state = model.carry(state, outputs, torch.ones(3, dtype=torch.int64))
                answers.append(logits)
            for row, text in enumerate(_TEXTS):
                whole = model.logits(model(torch.tensor([text + following[row].tolist()])))[0]
                for place, logits in enumerate(answers):
                    torch.testing.assert_close(logits[row], whole[len(text) - 1 + place], atol=1e-5, rtol=0, msg=lambda text: f"{architecture}: {text}")

    def test_perplexity_does_not_depend_on_the_batch(self):
        for architecture in ARCHITECTURES:
            model = _model(architecture)
            together, tokens = negative_log_likelihood(model, _TEXTS)
            alone = [negative_log_likelihood(model, [text]) for text in _TEXTS]
            self.assertAlmostEqual(together, sum(total for total, _ in alone), places=3)
            self.assertEqual(tokens, sum(count for _, count in alone))
            self.assertEqual(tokens, sum(len(text) - 1 for text in _TEXTS))

    def test_sampling_repeats_itself_with_its_seed_and_stops_at_the_limit(self):
        for architecture in ARCHITECTURES:
            model = _model(architecture)
            first = sample(model, [9, 8], 12, 1.0, 10, seed=3)
            self.assertEqual(first, sample(model, [9, 8], 12, 1.0, 10, seed=3))
            self.assertLessEqual(len(first), 12)
            self.assertNotIn(EOS, first)


class _Letters:
    """A tokenizer of one id a character."""

    def encode_all(self, texts):
        return [[ord(character) for character in text] for text in texts]


class RowTests(unittest.TestCase):
    def test_paragraphs_share_a_row_and_long_ones_are_cut_with_one_id_of_context(self):
        chapters = [["ab", "c"], ["d" * (LONGEST + 5)], ["e" * LONGEST, "f"]]
        rows = rows_of(chapters, _Letters())
        self.assertEqual(rows[0], [BOS, ord("a"), ord("b"), EOS, ord("c"), EOS])
        self.assertEqual([len(row) for row in rows[1:3]], [LONGEST + 1, 7])
        self.assertEqual(rows[2], [ord("d")] * 6 + [EOS])
        self.assertTrue(all(len(row) <= LONGEST + 1 for row in rows))
        predicted = sum(len(row) - 1 for row in rows)
        self.assertEqual(predicted, sum(len(text) + 1 for chapter in chapters for text in chapter))

    def test_words_and_paragraph_ends_count(self):
        self.assertEqual(word_count([["one two", "three"], ["four"]]), 7)


if __name__ == "__main__":
    unittest.main()
