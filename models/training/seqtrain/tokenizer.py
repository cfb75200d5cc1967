"""The SentencePiece BPE model that training and the server share."""
import io

import sentencepiece

PAD, UNK, BOS, EOS = range(4)


def train_tokenizer(texts, vocabulary, path, coverage=0.9999):
    """Writes a BPE model of already normalized texts; the same texts give the same bytes.

    Characters beyond `coverage` of the text have no piece of their own: they are read as bytes.
    """
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(texts), model_writer=model, model_type="bpe", vocab_size=vocabulary,
        byte_fallback=True, character_coverage=coverage, num_threads=1,
        # The text comes in normalized by our own rule; anything SentencePiece did on top, the server would have to imitate.
        normalization_rule_name="identity", remove_extra_whitespaces=False,
        pad_id=PAD, unk_id=UNK, bos_id=BOS, eos_id=EOS,
        # SentencePiece drops longer lines (in bytes), and a dropped line is silent.
        max_sentence_length=65536, minloglevel=1)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(model.getvalue())


class Tokenizer:
    """Text to ids, with BPE dropout on request."""

    def __init__(self, path):
        self.path = path
        self._processor = sentencepiece.SentencePieceProcessor(model_file=str(path))

    def __len__(self):
        return len(self._processor)

    def encode(self, normalized):
        return self._processor.encode(normalized)

    def decode(self, ids):
        return self._processor.decode(ids)

    def encode_all(self, texts, dropout=0.0):
        """Ids of many texts; with dropout, merges are left out at random, so that a word is seen in several cuts."""
        if dropout == 0:
            return self._processor.encode(list(texts))
        return self._processor.encode(list(texts), enable_sampling=True, alpha=dropout, nbest_size=-1)


def seed_dropout(seed):
    """BPE dropout draws from SentencePiece's own generator, which nothing else seeds."""
    sentencepiece.set_random_generator_seed(seed)
