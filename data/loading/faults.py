"""How a load refuses a whole file, and how it counts what it refused row by row."""


class LoadError(Exception):
    """A file that is refused whole; the message is one sentence with place and remedy."""


def some(values: list[str], most: int = 5) -> str:
    """Up to five examples, separated by commas."""
    shown = ", ".join(repr(value) for value in values[:most])
    return f"{shown}, ..." if len(values) > most else shown
