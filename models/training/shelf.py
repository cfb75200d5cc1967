"""Writes the tables of models/README.md and training/results/*.md from the manifests and run records.

    python3 models/training/shelf.py

The numbers stand in one place, the model's own files, so the tables cannot differ from them.
"""
import json
from pathlib import Path

import long_range_shelf
from seqtrain.markdown import between_markers, table

_TRAINING = Path(__file__).resolve().parent
_MODELS = _TRAINING.parent
_INTENT = {
    "valid_in_scope_accuracy": "valid in scope", "in_scope_accuracy": "test in scope", "valid_oos_recall": "valid oos recall", "oos_recall": "test oos recall"}
_LANGUAGE_ID = {
    "accuracy": "all", "accuracy_words_1-3": "1-3 words", "accuracy_words_4-6": "4-6", "accuracy_words_7-10": "7-10", "accuracy_words_11+": "11+",
    "accuracy_three_words": "three words", "accuracy_two_words": "two words", "accuracy_one_word": "one word", "accuracy_without_diacritics": "no diacritics"}
_TRANSLATION = {
    "valid_loss": "valid loss", "bleu": "BLEU", "chrf": "chrF", "bleu_greedy": "BLEU greedy", "chrf_greedy": "chrF greedy",
    "bleu_multiple_references": "BLEU, all references", "bleu_words_1-5": "1-5 words",
    "bleu_words_6-10": "6-10", "bleu_words_11-15": "11-15", "bleu_words_16+": "16+", "bleu_words_11+": "11+"}
_LANGUAGE_MODEL = {
    "valid_word_perplexity": "valid", "word_perplexity": "test", "word_perplexity_lm-books": "books", "word_perplexity_lm-tatoeba-en": "sentences",
    "word_perplexity_lm-storybooks": "stories", "token_perplexity": "test, by token"}
def shelf_table():
    rows = []
    for path in sorted(_MODELS.glob("*/model.json")):
        manifest = json.loads(path.read_text(encoding="utf-8"))
        card = manifest["card"]
        version = max((folder for folder in path.parent.iterdir() if folder.name.isdigit()), key=lambda folder: int(folder.name))
        megabytes = sum(file.stat().st_size for file in version.iterdir()) / 1e6
        metrics = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in card["metrics"].items())
        rows.append([f"`{manifest['name']}`" + (" (default)" if manifest["default"] else ""), manifest["task"], manifest["architecture"],
                     f"{card['parameters']:,}", f"{megabytes:.1f}", metrics, card["metrics_on"], card["licence"]])
    return table(["model", "task", "architecture", "parameters", "MB", "metrics", "measured on", "licence"], rows)


def runs_table(prefix, measures):
    """One row for each run record; `measures` maps a key of the record to its heading."""
    rows = []
    for path in sorted((_TRAINING / "results" / "runs").glob(f"{prefix}*.json")):
        run = json.loads(path.read_text(encoding="utf-8"))
        rows.append([f"`{run['model']}`", f"{run['parameters']:,}", f"{run['bytes'] / 1e6:.2f}", *(run.get(key, "") for key in measures),
                     run["minutes"], f"{run['tokens'] / 1e6:.1f}", f"`{run['command']}`"])
    return table(["model", "parameters", "MB", *measures.values(), "minutes", "million tokens", "command"], rows)


def main():
    between_markers(_MODELS / "README.md", shelf_table())
    between_markers(_TRAINING / "results" / "sentiment.md", runs_table(
        "sentiment-", {"valid_accuracy": "valid", "accuracy": "test", "long_review_accuracy": "long reviews"}))
    between_markers(_TRAINING / "results" / "intent.md", runs_table("intent-", _INTENT))
    between_markers(_TRAINING / "results" / "language-id.md", runs_table("language-id", _LANGUAGE_ID))
    between_markers(_TRAINING / "results" / "translation.md", runs_table("??-??-", _TRANSLATION))
    between_markers(_TRAINING / "results" / "language-model.md", runs_table("lm-", _LANGUAGE_MODEL))
    long_range_shelf.draw(_TRAINING / "results")


if __name__ == "__main__":
    main()
