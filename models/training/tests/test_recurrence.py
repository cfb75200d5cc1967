"""The hand-written gradients of the recurrent layers against PyTorch's own."""
import itertools
import unittest

import torch
from torch import nn

from seqtrain.recurrence import recurrence


def _weighed(every, last, lengths):
    """A number that every valid output and every last state has a different part in."""
    within = (torch.arange(every.shape[1]) < lengths.unsqueeze(1)).unsqueeze(2)
    places = torch.arange(every.numel(), dtype=every.dtype).reshape(every.shape)
    total = (torch.where(within, every, torch.zeros_like(every)) * torch.sin(places)).sum()
    for state in last if isinstance(last, tuple) else (last,):
        total = total + (state * torch.cos(torch.arange(state.numel(), dtype=state.dtype).reshape(state.shape))).sum()
    return total


class RecurrenceTests(unittest.TestCase):
    def test_answers_and_gradients_are_those_of_the_library(self):
        lengths = torch.tensor([7, 1, 4])
        for kind, layers, both, given in itertools.product((nn.RNN, nn.LSTM, nn.GRU), (1, 2), (False, True), (False, True)):
            with self.subTest(kind=kind.__name__, layers=layers, bidirectional=both, first=given):
                torch.manual_seed(1)
                layer = kind(5, 6, layers, batch_first=True, bidirectional=both).double()
                state = torch.randn(layers * (2 if both else 1), 3, 6, dtype=torch.double)
                inputs, found = torch.randn(3, 7, 5, dtype=torch.double), []
                for run in (self._library, recurrence):
                    values, begin = inputs.clone().requires_grad_(), state.clone().requires_grad_()
                    first = None if not given else (begin, begin * 0.5) if kind is nn.LSTM else begin
                    every, last = run(layer, values, lengths, first)
                    total = _weighed(every, last, lengths)
                    leaves = [values, *layer.parameters()] + ([begin] if given else [])
                    found.append([total, *torch.autograd.grad(total, leaves)])
                for expected, actual in zip(*found):
                    torch.testing.assert_close(actual, expected, atol=1e-10, rtol=0)

    def test_rows_without_lengths_are_full(self):
        layer, inputs = nn.GRU(5, 6, batch_first=True), torch.randn(2, 4, 5)
        expected, last = layer(inputs)
        actual, actual_last = recurrence(layer, inputs)
        torch.testing.assert_close(actual, expected, atol=1e-6, rtol=0)
        torch.testing.assert_close(actual_last, last, atol=1e-6, rtol=0)

    def test_dropout_between_layers_is_for_training_only(self):
        layer, inputs = nn.LSTM(5, 6, 2, batch_first=True, dropout=0.5), torch.randn(2, 4, 5)
        self.assertFalse(torch.equal(recurrence(layer, inputs)[0], recurrence(layer, inputs)[0]))
        torch.testing.assert_close(recurrence(layer.eval(), inputs)[0], layer(inputs)[0], atol=1e-6, rtol=0)

    @staticmethod
    def _library(layer, inputs, lengths, first):
        packed = nn.utils.rnn.pack_padded_sequence(inputs, lengths, batch_first=True, enforce_sorted=False)
        every, last = layer(packed, first)
        return nn.utils.rnn.pad_packed_sequence(every, batch_first=True, total_length=inputs.shape[1])[0], last


if __name__ == "__main__":
    unittest.main()
