"""Trains the language classifier and puts it on the shelf.

    python3 models/training/language_id.py --data DIR

`--quick` runs the same path on a little data, in under two minutes.
"""
from language_id_steps import LanguageId
from seqtrain.recipe import parsed, recipe_parser


def main():
    parser = recipe_parser(__doc__, "folder that holds tatoeba-en-fr/, tatoeba-en-de/ and tatoeba-en-zh/")
    parser.add_argument("--architecture", default="gru", choices=("gru",))
    options = parsed(parser, "language-id")
    LanguageId(options.data, options.work, options.quick).train(options.architecture, options.out)


if __name__ == "__main__":
    main()
