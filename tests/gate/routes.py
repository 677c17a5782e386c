"""Prints every route of the application with sign-in: path and methods, as Starlette holds them."""

import json
import sys
from pathlib import Path

from dashboard import server
from dashboard.gate import settings


def main() -> None:
    login = settings.login(Path("/nowhere"), {settings.FILE_VARIABLE: sys.argv[1]})
    app = server.application(server.configure(0, "127.0.0.1", login), login)
    found = [
        (getattr(route, "path", ""), sorted(getattr(route, "methods", None) or ()),
         type(route).__name__)
        for route in app._build_starlette_app().routes
    ]  # fmt: skip
    print(json.dumps(found))


if __name__ == "__main__":
    main()
