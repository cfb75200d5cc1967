"""Writes the tokenization fixtures: what SentencePiece answers, for the server's own encoder and decoder to equal.

    python3 models/training/tokenization_fixture.py --data DIR
"""
import argparse
import json
import random
from pathlib import Path

from seqtrain.corpus import read_labelled
from seqtrain.text import normalize
from seqtrain.tokenizer import Tokenizer
from seqtrain.treebank import detokenize

_ROOT = Path(__file__).resolve().parents[2]
_ORDINARY = """A truly wonderful film.|I did not like it at all.|It's not bad, but it's not good either.|Worst. Movie. Ever.
The acting was superb, the plot less so.|Two hours I'll never get back...|Would I watch it again? Absolutely!
meh|10/10, a must-see
I can't believe they've done this.|"Brilliant," she said, and left.
This film -- if you can call it that -- bored me (to tears).
HELLO WORLD|MiXeD CaSe TeXt|supercalifragilisticexpialidocious|antidisestablishmentarianism|rock 'n' roll
don’t “quote” me…
An e-mail: jane.doe@example.com|https://example.com/a/b?c=d&e=%20f#g|www.imdb.com/title/tt0111161/
C:\\Users\\me\\file.txt|#film @critic $9.99 50% & more
3.14159|1,000,000|1234567890|2001: A Space Odyssey|1 2 3 4 5|٠١٢٣٤٥٦٧٨٩|½ ⅓ ² ³|Ⅷ ⅷ|№ 5|x=y+z*(a-b)/c^2|a_b_c
{"json": [1, 2]}|<b>bold</b>|&amp; &lt;"""
_FOREIGN = """Café crème à la carte, naïve façade|Cafe\u0301 cre\u0300me, nai\u0308ve fac\u0327ade|Ångström
A\u030angstro\u0308m|Æsop œuvre Øre|ﬁlm ﬂow ﬃ ﬀ ﬆ|ＦＵＬＬ ｗｉｄｔｈ １２３！？|ｶﾀｶﾅ ﾊﾟ
这部电影很好看。|我|你好，世界！|電影非常精彩|映画はとても面白かった。|ありがとう|カタカナ|この映画、great!|영화가 정말 재미있어요|한국어|\u1112\u1161\u11ab
Этот фильм великолепен!|Ёлка и ёж|Й и\u0306|Мне НЕ понравилось|Αυτή η ταινία είναι υπέροχη|ΟΔΥΣΣΕΥΣ|Ὀδυσσεύς
τέλος Σ ς σ|İstanbul|ISPARTA ışık|IİıiI|i\u0307|Straße|STRASSE ẞ ß|weiß GROẞ
هذا الفيلم رائع|ﷺ ﷲ|لا ﻻ|यह फिल्म बहुत अच्छी है|क्षत्रिय क़|ภาพยนตร์เรื่องนี้ดีมาก|น้ำ|สวัสดี|הסרט נהדר
שָׁלוֹם|ეს ფილმი კარგია|ᲓᲔᲓᲐ|Phim này rất hay|Tiếng Việt|፩ አማርኛ|မြန်မာ|ខ្មែរ|ᏣᎳᎩ|ꮳꮃꭹ|𐐀𐐨|𝕳𝖊𝖑𝖑𝖔|ℋello ℵ Å K Ω
ǅ ǆ Ǆ|ŉ ǰ ẖ"""
_SYMBOLS = """😀|👍👍👍|great movie 🎬🍿 10/10 😍|👨‍👩‍👧‍👦 family|👩🏽‍🚀|🏳️‍🌈|🇫🇷🇩🇪🇯🇵|❤️ vs ❤|☺︎ ☺️|1️⃣ 2️⃣|👋🏿|™ © ®|→ ⇒ ∀ ∃ ∑ √
€ £ ¥ ₿|• · … – — ‐ ―|«guillemets» ‹x› „x“|(｡◕‿◕｡)|¯\\_(ツ)_/¯|♪♫|█▓▒░|①②③|㍿ ㎏ ㋿|\ufdfa
▁|▁▁|a▁b|▁a|a▁|a ▁ b|▁ ▁|word▁|▁▁▁word|<s>|</s>|<unk>|<pad>|<s> hi </s>|<0x41>|<0x0A> <0xE2>|<unk><unk>
[CLS] [SEP]|<|>|<mask>|⁇| ⁇ """
_CONTROLS = [
    "", " ", "   ", "\t", "\n", "\r\n", "\0", "\0\0\0", "a\0b", "\x01\x02\x1f", "\x7f", "\x85", "\u00a0", "\u2003\u2009", "\u3000",
    "\u2028\u2029", "a\tb\nc\rd", " leading", "trailing ", "  both  ", "many     spaces", "line one\nline two\n\nline three",
    "tab\tseparated\tvalues", "\ufeffbom", "zero\u200bwidth", "soft\u00adhyphen", "a\u200db", "\u202eright to left", "\u200e\u200f",
    "a\u0000\u0007 bell", "\u180e", "\ufffd", "\ufffe", "\U0010ffff", "\ue000 private", "\u0301", "a\u0301\u0301\u0301\u0301",
    "Z\u0351\u036b\u0343a\u030d\u0363l\u0352g\u0353o\u0354", "\u1e9b\u0323", "q\u0307\u0323", "\u2126\u212b", "\u0345", "\u03d3\u0301",
    "a" + "\u0301" * 40, "e" + "\u0327\u0301" * 20 + "t", "\u0307" * 35, "नी" + "\u0903" * 31 + "x"]
_SINGLE = list("aAzé!.,?-'0ß") + ["中", "あ", "ж", "λ", "ا", "ก", "€", "😀", "\u0130", "ŉ"]


def fixture_texts(data):
    """The texts, without repeats, in a fixed order."""
    rng = random.Random(20)
    texts = [text for block in (_ORDINARY, _FOREIGN, _SYMBOLS) for line in block.split("\n") for text in line.split("|")]
    texts += _CONTROLS + _SINGLE
    # Ties between merges of equal rank are where encoders differ, and long runs are full of them.
    texts += [character * count for character in "!-a.e= " for count in (2, 3, 4, 5, 7, 8, 16, 33, 100)]
    texts += [
        "ab" * 40, "ha" * 9, "!?" * 7, "no " * 30, "-=" * 12, "x" * 1000, "very " * 200 + "good", "中文" * 50, "😀" * 20,
        "lo" + "o" * 30 + "ng", "aaa bbb aaa", "..., ...", ". . . ."]
    texts += [
        "Я love 这 film ❤️ très much", "hello世界мир", "日本のanime是best", "ДОМ дом Dom", "абвabcαβγ", "20世紀Fox",
        "résumé/resume/re\u0301sume\u0301", "mañana ¿qué? ¡sí!"]
    scored = [text for _, text in read_labelled(Path(data) / "sst2" / "test.tsv")]
    texts += [detokenize(text) for text in rng.sample(scored, 60)] + rng.sample(scored, 15)
    return list(dict.fromkeys(texts))


def fixture_ids(tokenizer, texts):
    """Token ids as a model may write them: of texts, cut anywhere, and in an order that no encoder gives."""
    rng = random.Random(21)
    encoded = [tokenizer.encode(normalize(text)) for text in texts]
    cut = [ids[rng.randrange(len(ids)):] for ids in encoded if len(ids) > 1]
    # The first ids are control symbols and the 256 bytes: drawn often, for characters that come in parts or not at all.
    mixed = [[rng.choice([rng.randrange(260), rng.randrange(4), rng.randrange(len(tokenizer))]) for _ in range(rng.randint(1, 12))] for _ in range(400)]
    bytes_only = [[4 + rng.choice([0x20, 0x41, 0x80, 0xBF, 0xC3, 0xE0, 0xE6, 0xED, 0xA0, 0xF0, 0x9F, 0x98, 0xF4, 0xFF]) for _ in range(rng.randint(1, 8))] for _ in range(200)]
    return [[]] + [[id] for id in range(8)] + encoded + cut + mixed + bytes_only


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, help="folder that holds sst2/")
    parser.add_argument("--tokenizer", type=Path, default=_ROOT / "models" / "sentiment-lstm" / "tokenizer.model")
    parser.add_argument("--out", type=Path, default=_ROOT / "tests" / "SeqServe.TestSupport" / "Fixtures" / "Tokenization")
    options = parser.parse_args()
    tokenizer = Tokenizer(options.tokenizer)
    texts = fixture_texts(options.data)
    # ASCII escapes keep invisible characters visible, and editors and git from changing them.
    with open(options.out / "sentiment.jsonl", "w", encoding="ascii", newline="\n") as file:
        for text in texts:
            normalized = normalize(text)
            file.write(json.dumps({"text": text, "normalized": normalized, "ids": tokenizer.encode(normalized)}) + "\n")
    with open(options.out / "decoding.jsonl", "w", encoding="ascii", newline="\n") as file:
        for ids in fixture_ids(tokenizer, texts):
            file.write(json.dumps({"ids": ids, "text": tokenizer.decode(ids)}) + "\n")


if __name__ == "__main__":
    main()
