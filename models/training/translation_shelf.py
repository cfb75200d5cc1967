"""What the shelf says about the translation models, and how they are scored."""
from seqtrain.manifest import batching_entry, tokenizer_entry, write_manifest
from seqtrain.metrics import corpus_bleu, corpus_chrf
from seqtrain.metrics.by_length import bleu_by_length
from seqtrain.metrics.words import words_13a, words_zh
from seqtrain.shelving import choose_default, write_record
from seqtrain.translation.export import export_translator
from seqtrain.translation.translate import MOST_INPUT, MOST_OUTPUT, NORMALIZATION, translate
from seqtrain.translation.vectors import write_vectors
from seqtrain.translation.wiring import wiring

_KINDS = {
    "cho": "a GRU encoder-decoder whose context vector goes into every step (Cho et al. 2014)",
    "sutskever": "a two-layer LSTM encoder-decoder that reads the source backwards (Sutskever et al. 2014)",
    "attention": "a bidirectional GRU encoder and a GRU decoder with additive attention (Bahdanau et al. 2015)",
    "transformer": "a Transformer encoder-decoder (Vaswani et al. 2017)",
}
_LANGUAGES = {"en": "English", "fr": "French", "de": "German", "zh": "Chinese"}
_TATOEBA = ("Sentence pairs from the Tatoeba Project (tatoeba.org), selected by manythings.org/anki", "CC BY 2.0 FR",
            "own split of Tatoeba, no sentence of which is in the training part in either language")
# Folder of the data: what it is, its licence, what the test file is.
_DATA = {
    **dict.fromkeys(("tatoeba-en-fr", "tatoeba-en-de", "tatoeba-en-zh"), _TATOEBA),
    "multi30k": ("Multi30k task 1 (Elliott et al. 2016), image descriptions", "none stated upstream (research benchmark)", "Multi30k official test2016"),
}
_NOTES = (
    "Everyday sentences: the median of the training data has six words, hardly any has more than thirty. One vocabulary for both languages. Cased BLEU and "
    "chrF2 on detokenized text by the definitions of sacrebleu (13a, or zh into Chinese; exponential smoothing); beam search with "
    "four beams and GNMT length penalty 1.0, the weights as the file holds them (embedding in 8 bits, all else in half precision), in "
    "PyTorch. Nothing pre-trained was used. Chosen by validation loss; the test set was scored once.")
_BEAMS = 4


def put(recipe, model, family, run, out, command):
    """Scores the final model, once, and writes all its files under `out`."""
    name = f"{recipe.pair}-{family}"
    folder, results = out / name, out / "training" / "results"
    export_translator(model, family, folder / "1", name)
    write_vectors(model, name, recipe.valid_rows, results / "vectors" / "translation" / f"{name}.json")
    metrics, further = _scores(model, recipe.tokenizer, recipe.corpus.test_scored, words_zh if recipe.pair.endswith("-zh") else words_13a)
    further["valid_loss"] = round(-run.report["best"], 4)
    _write_card(recipe, model, family, folder, metrics, command)
    write_record(out, name, command, model, metrics, further, run)
    if recipe.pair == "en-fr":
        # The pair that all families have; a request that names languages finds the others by them.
        choose_default(out, "en-fr-*", "valid_loss", least=True)


def _scores(model, tokenizer, scored, words_of):
    """(metrics for the card, further measurements for the record)."""
    greedy, beam = (translate(model, tokenizer, scored.sources, beams) for beams in (1, _BEAMS))
    metrics = {"bleu": corpus_bleu(beam, scored.single, words_of), "chrf": corpus_chrf(beam, scored.single),
               "bleu_greedy": corpus_bleu(greedy, scored.single, words_of), "chrf_greedy": corpus_chrf(greedy, scored.single)}
    further = {"samples": [list(sample) for sample in zip(scored.sources, beam)][:10]}
    if scored.multiple is not scored.single:
        metrics.update(bleu_multiple_references=corpus_bleu(beam, scored.multiple, words_of), chrf_multiple_references=corpus_chrf(beam, scored.multiple))
        further["bleu_multiple_references_greedy"] = round(corpus_bleu(greedy, scored.multiple, words_of), 1)
    for words, (bleu, sentences) in bleu_by_length(scored.sources, beam, scored.single, words_of).items():
        further[f"bleu_words_{words}"], further[f"sentences_words_{words}"] = bleu, sentences
    return {key: round(value, 1) for key, value in metrics.items()}, further


def _write_card(recipe, model, family, folder, metrics, command):
    data, licence, test = _DATA[recipe.corpus.folder]
    source, target = recipe.pair.split("-")[-2:]
    card = {"data": data, "data_licence": licence, "licence": "MIT", "parameters": sum(parameter.numel() for parameter in model.parameters()),
            "trained_by": command, "metrics": metrics, "metrics_on": f"{test}, {len(recipe.corpus.test_scored.sources):,} sentences", "notes": _NOTES}
    write_manifest(
        folder, recipe.tokenizer.path, ("tokenizer.model", "1/encoder.onnx", "1/decoder.onnx", "1/weights.bin"), card,
        name=folder.name, task="translation", architecture=family,
        description=f"Translates everyday {_LANGUAGES[source]} sentences into {_LANGUAGES[target]}, with {_KINDS[family]}.",
        default=False, graphs={"encoder": "encoder.onnx", "decoder": "decoder.onnx"}, tokenizer=tokenizer_entry(NORMALIZATION, add_eos=True),
        languages={"source": source, "target": target}, limits={"max_input_tokens": MOST_INPUT, "max_output_tokens": MOST_OUTPUT},
        **wiring(model, family), batching=batching_entry(64))
