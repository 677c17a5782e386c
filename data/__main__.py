"""The command line of the data layer: python -m data load | build | backup | restore | ..."""

import sys
from argparse import ArgumentParser
from importlib import import_module

COMMANDS = {
    "load": ("data.load", "load files into a data directory"),
    "build": ("data.build", "make a bundled data set, demo or published"),
    "backup": ("data.backup", "write a data directory into one encrypted file"),
    "restore": ("data.restore", "bring a backup into a data directory"),
    "key": ("data.key", "make a key pair for backups"),
    "prune": ("data.prune", "delete old snapshots of a data directory"),
    "demo": ("data.demo.command", "write invented data in the contracts' shape"),
    "dictionary": ("data.dictionary", "write the data dictionary again"),
}


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit status; only that command's module is imported."""
    wanted = sys.argv[1:] if arguments is None else arguments
    parser = ArgumentParser(prog="python -m data", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, (module, about) in COMMANDS.items():
        command = commands.add_parser(name, help=about, description=about)
        if wanted[:1] == [name]:
            import_module(module).add_arguments(command)
    parsed = parser.parse_args(wanted)
    return int(import_module(COMMANDS[parsed.command][0]).run(parsed))


if __name__ == "__main__":
    sys.exit(main())
