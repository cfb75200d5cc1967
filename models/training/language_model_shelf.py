"""What the shelf says about the language models, and how they are scored."""
from language_model_corpus import NORMALIZATION, SHELF, word_count
from seqtrain.language.export import export_language_model
from seqtrain.language.rows import negative_log_likelihood, perplexity
from seqtrain.language.sampling import sample
from seqtrain.language.transformer import TransformerLanguageModel
from seqtrain.language.vectors import write_vectors
from seqtrain.manifest import batching_entry, cache_entries, tokenizer_entry, write_manifest
from seqtrain.shelving import choose_default, write_record

# Together they stay within what the models have seen in training.
_MOST_INPUT, _MOST_OUTPUT = 128, 64
_KINDS = {"rnn": "a two-layer tanh RNN", "lstm": "a two-layer LSTM", "gru": "a two-layer GRU", "transformer": "a four-layer Transformer"}
# What the texts are, their licence, what the test part is.
_DATA = {
    SHELF: (
        "97 English novels and story collections of about 1860 to 1930 (Standard Ebooks), English sentences from the Tatoeba Project (tatoeba.org, selected "
        "by manythings.org/anki), children's stories of African Storybook and Pratham Books",
        "public domain in the United States and CC0 1.0 (books), CC BY 2.0 FR (Tatoeba), CC BY (stories)",
        "test parts of the three sets together, whole books apart from training"),
    "wikitext-2": ("WikiText-2 (Merity et al. 2016), text of the English Wikipedia", "CC BY-SA 3.0", "official test part, an end for every line"),
}
# The best of these answers when a request names none: a recurrent state is small and can be carried from one request to the next.
_RECURRENT = "lm-[!t]*"
_SAMPLES, _SAMPLE_TOKENS, _TEMPERATURE, _TOP = 10, 60, 0.8, 40


def put(recipe, model, architecture, run, out, command):
    """Scores the final model, once, and writes all its files under `out`."""
    # A benchmark's name keeps its record apart from the shelf's.
    name = f"lm-{architecture}" if recipe.name == SHELF else f"{recipe.name}-lm-{architecture}"
    folder, results = out / name, out / "training" / "results"
    export_language_model(model, folder / "1", name)
    write_vectors(model, name, recipe.valid_rows, results / "vectors" / "language-model" / f"{name}.json")
    metrics, further = _scores(recipe, model)
    samples = [recipe.tokenizer.decode(sample(model, [], _SAMPLE_TOKENS, _TEMPERATURE, _TOP, seed)) for seed in range(1, _SAMPLES + 1)]
    _write_card(recipe, model, architecture, folder, metrics, samples, command)
    write_record(out, name, command, model, metrics, {**further, "samples": samples}, run)
    if recipe.name == SHELF:
        choose_default(out, _RECURRENT, "valid_word_perplexity", least=True)


def _scores(recipe, model):
    """Perplexity by word on all test parts together, and on each; by token for comparison with the training loss."""
    sums, further = [], {}
    for folder, chapters in recipe.corpus.test.items():
        total, tokens = negative_log_likelihood(model, recipe.rows(chapters))
        words = word_count(chapters)
        sums.append((total, tokens, words))
        further[f"word_perplexity_{folder}"] = round(perplexity(total, words), 1)
    total, tokens, words = map(sum, zip(*sums))
    valid, valid_tokens = negative_log_likelihood(model, recipe.valid_rows)
    valid_words = sum(word_count(chapters) for chapters in recipe.corpus.valid.values())
    metrics = {"word_perplexity": round(perplexity(total, words), 1), "token_perplexity": round(perplexity(total, tokens), 2),
               "valid_word_perplexity": round(perplexity(valid, valid_words), 1)}
    return metrics, {**further, "test_words": words, "test_tokens": tokens, "valid_token_perplexity": round(perplexity(valid, valid_tokens), 2)}


def _write_card(recipe, model, architecture, folder, metrics, samples, command):
    notes = (
        "Word perplexity: the loss of all tokens shared among the words between spaces, the end of a paragraph counting as one, so that vocabularies can be "
        "compared; the context begins anew at least every 192 tokens. Weights as the file "
        "holds them (embedding in 8 bits, all else in half precision), in PyTorch. Old-fashioned attitudes of the books remain. "
        f"Ten samples, not picked (temperature {_TEMPERATURE}, the {_TOP} most probable tokens, seeds 1 to 10, no prompt): " + " | ".join(samples))
    data, licence, test = _DATA[recipe.name]
    card = {"data": data, "data_licence": licence, "licence": "MIT", "parameters": sum(parameter.numel() for parameter in model.parameters()),
            "trained_by": command, "metrics": metrics, "metrics_on": test, "notes": notes}
    write_manifest(
        folder, recipe.tokenizer.path, ("tokenizer.model", "1/model.onnx", "1/score.onnx", "1/weights.bin"), card,
        name=folder.name, task="language-model", architecture=architecture,
        description=f"Continues English text in the manner of old novels and everyday sentences, with {_KINDS[architecture]}.",
        default=False, graphs={"model": "model.onnx", "score": "score.onnx"}, tokenizer=tokenizer_entry(NORMALIZATION, add_bos=True),
        limits={"max_input_tokens": _MOST_INPUT, "max_output_tokens": _MOST_OUTPUT}, **wiring(model), batching=batching_entry(64))


def wiring(model):
    if isinstance(model, TransformerLanguageModel):
        return {"cache": cache_entries(len(model.blocks))}
    return {"state": [{"in": f"{name}_in", "out": f"{name}_out", "init": "zeros"} for name in model.states]}
