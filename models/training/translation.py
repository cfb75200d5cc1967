"""Trains one translation model and puts it on the shelf.

    python3 models/training/translation.py --family attention --pair en-fr --data DIR

The vocabulary of a pair is made once and kept in the work folder. `--quick` runs the same path on
a hundredth of the data, in under two minutes. `--pair multi30k-en-de` is a benchmark: its data has
no stated licence, so that model is not for the shelf.
"""
from seqtrain.precision import round_as_stored
from seqtrain.recipe import add_device, add_length, length_of, parsed, recipe_parser
from seqtrain.shelving import Run
from seqtrain.translation.families import FAMILIES
from translation_corpus import PAIRS
from translation_shelf import put
from translation_steps import EPOCHS, Translation


def main():
    parser = recipe_parser(__doc__, "folder that holds tatoeba-en-fr/, tatoeba-en-de/ or multi30k/, as the pair needs it")
    parser.add_argument("--family", required=True, choices=tuple(FAMILIES))
    parser.add_argument("--pair", required=True, choices=PAIRS)
    add_length(parser, EPOCHS)
    add_device(parser)
    options = parsed(parser, "translation")
    recipe = Translation(options.data, options.work, options.pair, options.quick)
    model, report, curve = recipe.train(options.family, options.epochs, options.minutes, options.device)
    command = f"python3 models/training/translation.py --family {options.family} --pair {options.pair} --data DIR" + length_of(options, EPOCHS)
    put(recipe, round_as_stored(model), options.family, Run(report, curve), options.out, command)


if __name__ == "__main__":
    main()
