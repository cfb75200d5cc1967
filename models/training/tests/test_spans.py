"""Short and careless writing as the language recipe makes it."""
import random
import unittest

from seqtrain.spans import span, units, without_diacritics


class SpanTests(unittest.TestCase):
    def test_has_as_many_words_in_a_row_as_wanted(self):
        text = "one two three four five"
        for seed in range(20):
            found = span(text, "en", 2, random.Random(seed))
            self.assertEqual(len(found.split()), 2)
            self.assertIn(found, text)

    def test_of_a_short_text_is_all_of_it(self):
        self.assertEqual(span("well done!", "en", 5, random.Random(1)), "well done")

    def test_of_punctuation_alone_is_not_empty(self):
        self.assertEqual(span("?!", "fr", 1, random.Random(1)), "?!")

    def test_counts_chinese_by_two_characters(self):
        self.assertEqual(units("你好，世界！", "zh"), ["你好", "世界"])
        self.assertEqual(len(span("今天天气很好", "zh", 1, random.Random(2))), 2)


class WithoutDiacriticsTests(unittest.TestCase):
    def test_is_what_a_plain_keyboard_gives(self):
        self.assertEqual(without_diacritics("Où est l'œuvre ? Straße, schön"), "Ou est l'oeuvre ? Strasse, schon")

    def test_leaves_chinese_alone(self):
        self.assertEqual(without_diacritics("你好"), "你好")


if __name__ == "__main__":
    unittest.main()
