"""The settings every DuckDB connection of this project shares; it must not know any table."""

import atexit
import errno
import os
import shutil
import tempfile
from functools import cache

import duckdb

Setting = str | bool | int | float | list[str]
WITHOUT_NETWORK: dict[str, Setting] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "allow_persistent_secrets": "false",
    "max_temp_directory_size": "8GB",
}
LOCKED_DOWN: dict[str, Setting] = WITHOUT_NETWORK | {
    "enable_external_access": "false",
    "lock_configuration": "true",
    "python_enable_replacements": "false",
}


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
