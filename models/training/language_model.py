"""Trains one language model and puts it on the shelf.

    python3 models/training/language_model.py --architecture lstm --data DIR

The vocabulary is made once and kept in the work folder. `--quick` runs the same path on a little
data, in under two minutes. `--corpus wikitext-2` is a benchmark, not for the shelf.
"""
from language_model_corpus import CORPORA, SHELF
from language_model_shelf import put
from language_model_steps import EPOCHS, LanguageModels
from seqtrain.language.architectures import ARCHITECTURES
from seqtrain.precision import round_as_stored
from seqtrain.recipe import add_device, add_length, length_of, parsed, recipe_parser
from seqtrain.shelving import Run


def main():
    parser = recipe_parser(__doc__, "folder that holds lm-books/, lm-tatoeba-en/ and lm-storybooks/, or wikitext-2/")
    parser.add_argument("--architecture", required=True, choices=ARCHITECTURES)
    parser.add_argument("--corpus", default=SHELF, choices=tuple(CORPORA), help="what to learn from (default: the shelf's texts)")
    add_length(parser, EPOCHS)
    add_device(parser)
    options = parsed(parser, "language-model")
    recipe = LanguageModels(options.data, options.work, options.corpus, options.quick)
    model, report, curve = recipe.train(options.architecture, options.epochs, options.minutes, options.device)
    command = f"python3 models/training/language_model.py --architecture {options.architecture} --data DIR"
    command += (f" --corpus {options.corpus}" if options.corpus != SHELF else "") + length_of(options, EPOCHS)
    put(recipe, round_as_stored(model), options.architecture, Run(report, curve), options.out, command)


if __name__ == "__main__":
    main()
