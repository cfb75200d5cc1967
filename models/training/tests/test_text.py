"""The normalization rule and the treebank rule, case by case."""
import unittest

from seqtrain.text import normalize
from seqtrain.treebank import detokenize


class NormalizeTests(unittest.TestCase):
    def test_nfkc_casefold(self):
        for text, expected in (
                ("  Two\t words\r\n", "two words"), ("\ud800x", "\ufffdx"), ("\ufffex", "\ufffdx"), ("ﬁlm ＡＢＣ", "film abc"), ("e\u0301", "é"),
                ("\u0130", "\u0130"), ("ΟΔΟΣ", "οδοσ"), ("Straße", "straße"), ("a\u00a0\u2028b\0c", "a b c"),
                ("\u200d", "\u200d"), ("\n", "")):
            self.assertEqual(normalize(text), expected, ascii(text))

    def test_marks_beyond_thirty_in_a_row_are_dropped(self):
        self.assertEqual(normalize("q" + "\u0307\u0323" * 40 + "r" + "\u0307" * 30), normalize("q" + "\u0307\u0323" * 15 + "r" + "\u0307" * 30))

    def test_nfkc_keeps_case(self):
        self.assertEqual(normalize(" Ｆilm\x7f\x85 X ", "nfkc"), "Film X")

    def test_none_only_replaces_lone_surrogates(self):
        self.assertEqual(normalize(" Ａ \udc00", "none"), " Ａ \ufffd")


class DetokenizeTests(unittest.TestCase):
    def test_treebank_lines(self):
        for line, expected in (
                ("it 's n't -lrb- ever -rrb- good .", "it'sn't (ever) good."),
                ("i ca n't , and wo n't !", "i can't, and won't!"),
                ("`` sorority boys '' was funnier , and i can not lie .", '"sorority boys" was funnier, and i cannot lie.'),
                ("unbearable ` comedy ' is gon na end .", "unbearable 'comedy' is gonna end."),
                ("the boys ' story -- at 2 1\\/2 hours", "the boys' story -- at 2 1/2 hours"),
                ("$ 9 and \\* 's", "$9 and *'s")):
            self.assertEqual(detokenize(line), expected)


if __name__ == "__main__":
    unittest.main()
