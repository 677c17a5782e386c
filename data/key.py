"""python -m data key: makes a key pair for backups; the secret half is for this user alone."""

import os
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

import pyrage

from data import private


def add_arguments(parser: ArgumentParser) -> None:
    """Arguments of `python -m data key`."""
    parser.add_argument("--out", required=True, type=Path, metavar="KEYFILE", help="file to make")


def run(arguments: Namespace) -> int:
    """Write the secret key, print the recipient's; 2 where the file is there or cannot be made."""
    made = pyrage.x25519.Identity.generate()
    text = f"# recipient: {made.to_public()}\n{made}\n"
    try:
        fresh = os.O_CREAT | os.O_WRONLY | os.O_EXCL
        with os.fdopen(private.opened(arguments.out, fresh), "w", encoding="ascii") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        print(f"{arguments.out} cannot be made ({error.strerror}).", file=sys.stderr)
        return 2
    print(made.to_public())
    return 0
