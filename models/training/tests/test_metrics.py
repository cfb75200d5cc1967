"""BLEU and chrF against values worked out by hand."""
import math
import unittest

from seqtrain.metrics import corpus_bleu, corpus_chrf
from seqtrain.metrics.by_length import bleu_by_length
from seqtrain.metrics.words import words_13a, words_zh


class WordTests(unittest.TestCase):
    def test_13a(self):
        for text, expected in (
                ("Hello, world!", "Hello , world !"), ("Il n'a pas 3.5 euros.", "Il n'a pas 3.5 euros ."), ("1,000-2", "1,000 - 2"),
                ("well-known", "well-known"), ("a\"b\" (c) [d]; e:f", "a \" b \" ( c ) [ d ] ; e : f"), ("&quot;x&quot; &amp; y", "\" x \" & y"),
                ("Où ? Là !", "Où ? Là !"), ("$5 50%", "$ 5 50 %"), ("...", ". . .")):
            self.assertEqual(" ".join(words_13a(text)), expected, text)


class ChineseWordsTests(unittest.TestCase):
    def test_each_character_and_mark_is_a_word(self):
        self.assertEqual(words_zh("我在3.5号，OK吗？"), ["我", "在", "3.5", "号", "，", "OK", "吗", "？"])

    def test_bleu_sees_single_characters(self):
        self.assertAlmostEqual(corpus_bleu(["我很喜欢你"], [["我很喜欢你"]], words_zh), 100)
        self.assertGreater(corpus_bleu(["我很喜欢你了"], [["我很喜欢你"]], words_zh), 50)


class BleuTests(unittest.TestCase):
    def test_equal_texts_are_100(self):
        self.assertAlmostEqual(corpus_bleu(["The cat sat on the mat."], [["The cat sat on the mat."]]), 100)

    def test_one_sentence(self):
        # 6 words of 7 match, 4 pairs of 6, 2 triples of 5, 1 four of 4; equal lengths.
        hypothesis, reference = "the cat sat on a mat .", "the cat sat on the mat ."
        expected = 100 * (6 / 7 * 4 / 6 * 2 / 5 * 1 / 4) ** 0.25
        self.assertAlmostEqual(corpus_bleu([hypothesis], [[reference]]), expected)

    def test_counts_are_clipped_and_orders_without_a_match_halved(self):
        # "the" counts once of four; no pair, triple or four matches: 1/(2*3), 1/(4*2), 1/(8*1).
        expected = 100 * (1 / 4 * 1 / 6 * 1 / 8 * 1 / 8) ** 0.25
        self.assertAlmostEqual(corpus_bleu(["the the the the"], [["the cat is here"]]), expected)

    def test_short_output_is_punished(self):
        expected = 100 * math.exp(1 - 6 / 4)
        self.assertAlmostEqual(corpus_bleu(["a b c d"], [["a b c d e f"]]), expected)

    def test_counts_are_summed_over_the_corpus_before_they_are_divided(self):
        # Words 4/4 + 2/5, pairs 3/3 + 1/4, triples 2/2 + 0/3, fours 1/1 + 0/2.
        expected = 100 * (6 / 9 * 4 / 7 * 2 / 5 * 1 / 3) ** 0.25
        self.assertAlmostEqual(corpus_bleu(["a b c d", "p q x y z"], [["a b c d"], ["p q r s t"]]), expected)

    def test_several_references(self):
        # Each n-gram may come from either; the nearest length counts, of two equally near the shorter.
        self.assertAlmostEqual(corpus_bleu(["a b c d e"], [["a b c d", "b c d e x y"]]), 100 * (5 / 5 * 4 / 4 * 3 / 3 * 2 / 2) ** 0.25)
        self.assertAlmostEqual(corpus_bleu(["a b c d e"], [["x a b c d e", "a b c d e f g"]]), 100 * math.exp(1 - 6 / 5))

    def test_nothing_right_or_nothing_to_count(self):
        self.assertEqual(corpus_bleu(["x y z"], [["a b c d"]]), 0)
        self.assertEqual(corpus_bleu(["a b c"], [["a b c"]]), 0)
        self.assertEqual(corpus_bleu([""], [["a b c d"]]), 0)

    def test_case_counts(self):
        self.assertLess(corpus_bleu(["the cat sat on it"], [["The cat sat on it"]]), 100)

    def test_by_length(self):
        table = bleu_by_length(["one two", "1 2 3 4 5 6"], ["a b c d", "x"], [["a b c d"], ["y"]])
        self.assertEqual(table, {"1-5": (100.0, 1), "6-10": (0.0, 1), "11-15": (0.0, 0), "16+": (0.0, 0), "11+": (0.0, 0)})


class ChrfTests(unittest.TestCase):
    def test_equal_texts_are_100_whatever_their_spaces(self):
        self.assertAlmostEqual(corpus_chrf(["ab cd ef"], [["abc def"]]), 100)

    def test_one_word(self):
        # abcd against abce: 3/4, 2/3, 1/2 and 0/1 on both sides; orders 5 and 6 have no n-grams and are left out.
        average = (3 / 4 + 2 / 3 + 1 / 2 + 0) / 4
        self.assertAlmostEqual(corpus_chrf(["abcd"], [["abce"]]), 100 * average)

    def test_recall_weighs_four_times_as_much(self):
        # ab against abcd: precision 2/2, 1/1; recall 2/4, 1/3. Orders 3 and 4 are the reference's alone and left out.
        precision, recall = 1, (2 / 4 + 1 / 3) / 2
        self.assertAlmostEqual(corpus_chrf(["ab"], [["abcd"]]), 100 * 5 * precision * recall / (4 * precision + recall))

    def test_the_best_reference_counts(self):
        self.assertAlmostEqual(corpus_chrf(["abcdef"], [["xyz", "abcdef"]]), 100)

    def test_nothing_right(self):
        self.assertEqual(corpus_chrf(["abc"], [["xyz"]]), 0)
        self.assertEqual(corpus_chrf([""], [["xyz"]]), 0)


if __name__ == "__main__":
    unittest.main()
