"""The settings every DuckDB connection of this project shares; it must not know any table."""

import atexit
import errno
import os
import shutil
import tempfile
from functools import cache
from threading import Lock

import duckdb

Setting = str | bool | int | float | list[str]
WITHOUT_NETWORK: dict[str, Setting] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "allow_persistent_secrets": "false",
}
LOCKED_DOWN: dict[str, Setting] = WITHOUT_NETWORK | {
    "enable_external_access": "false",
    "python_enable_replacements": "false",
}
MOST_SPILLED = "8GB"
_opening = Lock()


def opened(
    path: str, config: dict[str, Setting], *, read_only: bool = False
) -> duckdb.DuckDBPyConnection:
    """A connection that spills at most MOST_SPILLED; one that only reads is locked.

    DuckDB 2 names a `max_temp_directory_size` given at opening when asked, but does not keep to it;
    it keeps to one that is set later, and so the lock comes after.
    """
    with _opening:
        connection = duckdb.connect(path, read_only=read_only, config=config)
        (locked,) = connection.execute("select current_setting('lock_configuration')").fetchall()[0]
        if not locked:
            connection.execute(f"set max_temp_directory_size = '{MOST_SPILLED}'")
            if read_only:
                connection.execute("set lock_configuration = true")
        return connection


@cache
def half_of_memory() -> str:
    """Half of this machine's memory as DuckDB writes it."""
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return f"{max(256, pages // 2 // 2**20)}MB"


@cache
def spill_directory() -> str:
    """A directory of this process alone for what does not fit in memory, removed at its end."""
    directory = tempfile.mkdtemp(prefix="dashboard-spill-")
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    return directory


def first_line(error: duckdb.Error | OSError) -> str:
    """The first line of an error, without its class and final stop; a full disk by its own name."""
    line = next(iter(str(error).splitlines()), "").strip()
    if os.strerror(errno.ENOSPC) in line:
        return os.strerror(errno.ENOSPC)
    return line.split(" Error: ", 1)[-1].rstrip(".")
