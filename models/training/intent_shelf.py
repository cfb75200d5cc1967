"""What the shelf says about the intent models, and how they are scored."""
import torch

import intent_corpus
from seqtrain.evaluate import probabilities
from seqtrain.integer_shelving import calibration_rows, put_integers
from seqtrain.precision import round_to_half
from seqtrain.shelving import Entry, put_classifier

_KINDS = {"gru": "a bidirectional GRU", "transformer": "a Transformer encoder"}
_DATA = (
    "CLINC150 (Larson et al. 2019), training part. Without labels: BANKING77 (Casanueva et al. 2020), SNIPS (Coucke et al. 2018) and English "
    "sentences from Tatoeba (tatoeba.org, selected by manythings.org/anki). What equals a validation or test query was taken out.")
_LICENCES = "CC BY 3.0 (CLINC150), CC BY 4.0 (BANKING77), CC0 1.0 (SNIPS), CC BY 2.0 FR (Tatoeba)"
_NOTES = (
    "Learns from CLINC150's labels and from the averaged answers of three teachers of this recipe, a GRU and two models of words and parts of words, "
    "on queries, on variations of them and on the unlabelled texts. The bias of the class oos was set on validation. Word vectors start from "
    "co-occurrence counts of the same texts; nothing pre-trained was downloaded. English requests to an assistant. Scored with the half precision "
    "weights of the file; how often the test set was looked at stands in training/results/intent.md.")
# What may be paid for recognising more of what is out of scope: in-scope accuracy on validation, in percent, down to the first,
# which is what is aimed at on test and a standard error (0.4); and where a model does not come so far, points below its best.
_ENOUGH, _PRICE = 93.4, 0.3


def put(recipe, model, architecture, run, out, command):
    """Sets the out-of-scope bias, scores the final model, once, and writes all its files under `out`."""
    corpus, oos = recipe.corpus, recipe.corpus.out_of_scope
    with torch.no_grad():
        model.head.bias[oos] += _bias(recipe, model)
    round_to_half(model)
    entry = Entry(
        name=f"intent-{architecture}", architecture=architecture, labels=corpus.labels, max_input_tokens=intent_corpus.LONGEST,
        description=f"Says which of 150 intents an English request to an assistant has, or that it has none of them, with {_KINDS[architecture]}.",
        data=_DATA, data_licence=_LICENCES, licence="MIT",
        command=command,
        metrics_on="CLINC150 official test, 4,500 queries in scope and 1,000 out of scope", notes=_NOTES)
    rows_of = recipe.foundation.rows
    measured = scores(model, rows_of, corpus)
    metrics = {key: measured.pop(key) for key in ("in_scope_accuracy", "oos_recall")}
    put_classifier(entry, model, recipe.foundation.tokenizer, recipe.valid_rows, metrics, measured, run, out)
    if architecture == "transformer":
        put_integers(out, entry.name, model, calibration_rows(corpus, rows_of), recipe.valid_rows, lambda candidate: scores(candidate, rows_of, corpus))


def _bias(recipe, model):
    """The largest shift of the out-of-scope logit that leaves _ENOUGH in scope on validation, or costs at most _PRICE points there."""
    logits = torch.log(probabilities(model, recipe.valid_rows) + 1e-12)
    labels, oos = recipe.valid_labels, recipe.corpus.out_of_scope
    inside = labels != oos

    def in_scope(shift):
        moved = logits.clone()
        moved[:, oos] += shift
        return 100 * (moved.argmax(1) == labels)[inside].float().mean().item()

    shifts = [step / 10 for step in range(-20, 41)]
    best = max(in_scope(shift) for shift in shifts)
    return max(shift for shift in shifts if in_scope(shift) >= min(best - _PRICE, _ENOUGH))


def scores(model, rows_of, corpus):
    """In-scope accuracy and out-of-scope recall of the test and the validation part, in percent; "oos" for a query in scope is wrong."""
    measured = {}
    for prefix, pairs in (("", corpus.test), ("valid_", corpus.valid)):
        labels = torch.tensor([label for label, _ in pairs])
        right = probabilities(model, rows_of(text for _, text in pairs)).argmax(1) == labels
        inside = labels != corpus.out_of_scope
        for name, part in (("in_scope_accuracy", inside), ("oos_recall", ~inside)):
            measured[prefix + name] = round(100 * right[part].float().mean().item(), 1)
    return measured
