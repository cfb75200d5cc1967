"""The hand-written LSTM against PyTorch's own and against numerical gradients."""
import unittest

import torch

from seqtrain.gated import BidirectionalLstm


def _as_torch_lstm(layer, features):
    """nn.LSTM with the same weights; its gate order is i, f, g, o."""
    lstm = torch.nn.LSTM(features, layer.hidden, bidirectional=True)

    def reordered(tensor):
        i, o, f, c = tensor.chunk(4)
        return torch.cat([i, f, c, o])

    with torch.no_grad():
        for direction, suffix in enumerate(("", "_reverse")):
            getattr(lstm, "weight_ih_l0" + suffix).copy_(reordered(layer.weight[direction]))
            getattr(lstm, "weight_hh_l0" + suffix).copy_(reordered(layer.recurrent[direction]))
            getattr(lstm, "bias_ih_l0" + suffix).copy_(reordered(layer.bias[direction]))
            getattr(lstm, "bias_hh_l0" + suffix).zero_()
    return lstm


class GatedTests(unittest.TestCase):
    def setUp(self):
        torch.manual_seed(1)
        self.lengths = torch.tensor([7, 1, 4])
        self.inputs = torch.randn(7, 3, 5)

    def test_equals_the_library_on_rows_of_mixed_length(self):
        layer = BidirectionalLstm(5, 6)
        packed = torch.nn.utils.rnn.pack_padded_sequence(self.inputs, self.lengths, enforce_sorted=False)
        expected, _ = torch.nn.utils.rnn.pad_packed_sequence(_as_torch_lstm(layer, 5)(packed)[0])
        actual = layer(self.inputs, self.lengths)
        for row, length in enumerate(self.lengths):
            torch.testing.assert_close(actual[:length, row], expected[:length, row], atol=1e-6, rtol=0)

    def test_gradients_equal_numerical_ones(self):
        for peepholes in (False, True):
            for coupled in (False, True):
                layer = BidirectionalLstm(5, 3, peepholes, coupled).double()
                if peepholes:
                    torch.nn.init.normal_(layer.peepholes)
                inputs = self.inputs.double().requires_grad_()

                def run(inputs, *_):
                    # gradcheck nudges the parameters in place, so the layer sees each nudge.
                    return layer(inputs, self.lengths)

                self.assertTrue(torch.autograd.gradcheck(run, (inputs, *layer.parameters())), (peepholes, coupled))


if __name__ == "__main__":
    unittest.main()
