"""What the shelf says about the sentiment models, and how they are scored."""
import sentiment_corpus
from seqtrain.evaluate import accuracy
from seqtrain.integer_shelving import calibration_rows, put_integers
from seqtrain.shelving import Entry, choose_default, put_classifier

LABELS = ("negative", "positive")
_KINDS = {
    "rnn": "a two-layer bidirectional tanh RNN",
    "lstm": "a bidirectional LSTM",
    "lstm-peephole": "a bidirectional LSTM with peephole connections",
    "lstm-coupled": "a bidirectional LSTM with coupled input and forget gates",
    "gru": "a bidirectional GRU",
    "transformer": "a Transformer encoder",
}
_DATA = (
    "SST-2 training sentences and phrases (Socher et al. 2013), turned back from treebank tokens into ordinary text; IMDB training reviews "
    "(Maas et al. 2011) as further film review text. Sentences that SST-2 validates or tests on were taken out of the reviews.")
_NOTES = (
    "Learns from SST-2's labels and from the averaged answers of three teachers (a GRU, an LSTM and a Transformer of this recipe) on SST-2 phrases "
    "and on unlabelled review sentences. Word vectors start from co-occurrence counts of the same texts; nothing pre-trained was downloaded. "
    "English film reviews only. Scored with the half precision weights of the file. Chosen by validation; the test set chose nothing.")
_POLISHED = " Ends with the averaged answers of the five finished recurrent models of this recipe."


def put(recipe, model, architecture, run, out):
    """Scores the final model, once, and writes all its files under `out`."""
    corpus = recipe.corpus
    entry = Entry(
        name=f"sentiment-{architecture}", architecture=architecture, labels=LABELS, max_input_tokens=sentiment_corpus.LONGEST,
        description=f"Says whether an English film review sentence is negative or positive, with {_KINDS[architecture]}.",
        data=_DATA, data_licence="none stated upstream (standard research benchmarks); the texts are not included", licence="MIT",
        command=f"python3 models/training/sentiment.py --architecture {architecture} --data DIR",
        metrics_on=f"SST-2 official test, {len(corpus.test):,} sentences", notes=_NOTES + (_POLISHED if architecture == "transformer" else ""))
    rows_of = recipe.foundation.rows
    further = {"long_review_accuracy": _score(model, rows_of, corpus.reviews_valid)}
    put_classifier(entry, model, recipe.foundation.tokenizer, recipe.valid_rows, scores(model, rows_of, corpus), further, run, out)
    if architecture == "transformer":
        put_integers(out, entry.name, model, calibration_rows(corpus, rows_of), recipe.valid_rows, lambda candidate: scores(candidate, rows_of, corpus))
    # By validation only: the test set chooses nothing.
    choose_default(out, "sentiment-*", "valid_accuracy")


def scores(model, rows_of, corpus):
    return {"accuracy": _score(model, rows_of, corpus.test), "valid_accuracy": _score(model, rows_of, corpus.valid)}


def _score(model, rows_of, pairs):
    return round(accuracy(model, rows_of(text for _, text in pairs), [label for label, _ in pairs]), 1)
