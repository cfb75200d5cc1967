"""The four families: steps against teacher forcing, and answers that do not depend on padding or neighbours."""
import unittest

import torch

from seqtrain.batches import pad
from seqtrain.decoding import beam_search
from seqtrain.tokenizer import BOS
from seqtrain.translation.families import FAMILIES, build_translator
from seqtrain.translation.sutskever import reversed_within

_VOCABULARY = 50
_SOURCES = [[5, 9, 3], [7, 3], [8, 20, 21, 22, 30, 3]]


def _model(family):
    torch.manual_seed(4)
    sizes = {"embedding": 16, "layers": 2, "heads": 2, "inner": 24} if family == "transformer" else {"embedding": 12, "hidden": 18}
    return build_translator(family, _VOCABULARY, **sizes).eval()


class TranslatorTests(unittest.TestCase):
    def setUp(self):
        torch.set_grad_enabled(False)
        self.addCleanup(torch.set_grad_enabled, True)
        self.target = torch.tensor([[BOS, 11, 12, 13], [BOS, 6, 6, 40], [BOS, 33, 4, 5]])

    def test_steps_equal_teacher_forcing(self):
        source, lengths = pad(_SOURCES)
        for family in FAMILIES:
            model = _model(family)
            expected = model.logits(model(source, lengths, self.target))
            state, memory = model.begin(model.encode(source, lengths), lengths)
            for place, tokens in enumerate(self.target.t()):
                logits, outputs, _ = model.step(tokens, state, memory)
                state = model.carry(state, outputs)
                torch.testing.assert_close(logits, expected[:, place], atol=1e-5, rtol=0, msg=lambda text: f"{family}: {text}")

    def test_padding_and_neighbours_change_nothing(self):
        source, lengths = pad(_SOURCES)
        wide = torch.nn.functional.pad(source, (0, 4), value=17)
        for family in FAMILIES:
            model = _model(family)
            together = model.logits(model(wide, lengths, self.target))
            for row, ids in enumerate(_SOURCES):
                alone = model.logits(model(torch.tensor([ids]), torch.tensor([len(ids)]), self.target[row:row + 1]))
                torch.testing.assert_close(together[row], alone[0], atol=1e-5, rtol=0, msg=lambda text: f"{family}: {text}")

    def test_attention_is_shared_among_the_own_tokens_of_the_source(self):
        source, lengths = pad(_SOURCES)
        for family in ("attention", "transformer"):
            model = _model(family)
            state, memory = model.begin(model.encode(source, lengths), lengths)
            weights = model.step(self.target[:, 0], state, memory)[2]
            torch.testing.assert_close(weights.sum(1), torch.ones(3))
            self.assertEqual(weights[0, 3:].sum().item(), 0)
            self.assertEqual(weights.shape, source.shape)

    def test_what_lies_beyond_the_cache_is_not_seen(self):
        source, lengths = pad(_SOURCES)
        model = _model("transformer")
        state, memory = model.begin(model.encode(source, lengths), lengths)
        _, outputs, _ = model.step(self.target[:, 0], state, memory)
        state = model.carry(state, outputs)
        expected = model.step(self.target[:, 1], state, memory)[0]
        roomy = {name: tensor if name == "past_len" else torch.nn.functional.pad(tensor, (0, 0, 0, 3), value=9.0) for name, tensor in state.items()}
        torch.testing.assert_close(model.step(self.target[:, 1], roomy, memory)[0], expected, atol=1e-5, rtol=0)

    def test_a_batch_of_beams_equals_one_sentence_at_a_time(self):
        source, lengths = pad(_SOURCES)
        for family in FAMILIES:
            model = _model(family)
            together = beam_search(model, *model.begin(model.encode(source, lengths), lengths), [6, 5, 7], beams=3)
            for row, limit in enumerate([6, 5, 7]):
                own, length = source[row:row + 1, :lengths[row]], lengths[row:row + 1]
                alone = beam_search(model, *model.begin(model.encode(own, length), length), [limit], beams=3)[0]
                self.assertEqual([ids for _, ids in alone], [ids for _, ids in together[row]], family)

    def test_reversal_stays_within_the_length(self):
        ids, lengths = torch.tensor([[1, 2, 3, 0], [4, 0, 0, 0], [5, 6, 7, 8]]), torch.tensor([3, 1, 4])
        self.assertEqual(reversed_within(ids, lengths).tolist(), [[3, 2, 1, 0], [4, 0, 0, 0], [8, 7, 6, 5]])


if __name__ == "__main__":
    unittest.main()
