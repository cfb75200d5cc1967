"""Trains one intent model on CLINC150 and puts it on the shelf.

    python3 models/training/intent.py --architecture gru --data DIR

What the models share is made once and kept in the work folder: the tokenizer, word vectors, and
the teachers, whose averaged opinion the shipped models learn from. `--teachers KIND` makes those of
one kind only, so that two kinds can be made side by side. `--quick` runs the same path on a little
data, in under two minutes.
"""
from intent_steps import Intent
from seqtrain.recipe import add_minutes, minutes_of, parsed, recipe_parser


def main():
    parser = recipe_parser(__doc__, "folder that holds clinc150/, banking77/, snips/ and lm-tatoeba-en/")
    wanted = parser.add_mutually_exclusive_group(required=True)
    wanted.add_argument("--architecture", choices=("gru", "transformer"), help="the model to train")
    wanted.add_argument("--teachers", choices=("gru", "parts"), help="train only the teachers of this kind")
    add_minutes(parser)
    options = parsed(parser, "intent")
    intent = Intent(options.data, options.work, options.quick)
    if options.teachers:
        intent.teach(options.teachers)
    else:
        command = f"python3 models/training/intent.py --architecture {options.architecture} --data DIR" + minutes_of(options)
        intent.student(options.architecture, options.out, options.minutes, command)


if __name__ == "__main__":
    main()
