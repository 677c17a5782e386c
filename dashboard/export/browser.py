"""The browser that draws images: how it is found, and started shut off from outside."""

import os
import shutil
from collections.abc import Iterator, MutableMapping, Sequence
from contextlib import suppress
from pathlib import Path

from dashboard.export import fonts

_NAMES = (
    "chromium",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "chromium-browser",
)
_PLACES = (
    "/usr/lib/chromium/chromium",
    "/opt/google/chrome/chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/snap/bin/chromium",
)
_PLAYWRIGHT = (
    "chromium-*/chrome-linux*/chrome",
    "chromium_headless_shell-*/chrome-*/*headless[-_]shell",
    "chromium-*/chrome-mac*/*.app/Contents/MacOS/*",
)


class RenderUnavailable(RuntimeError):
    """No browser to draw with; the message says how to get one."""


def find() -> Path:
    """The browser: BROWSER_PATH or CHROME, one on the path, in a usual place, or Playwright's.

    Raises RenderUnavailable, with the remedy, when there is none or the one named does not exist.
    """
    for variable in ("BROWSER_PATH", "CHROME"):
        if named := os.environ.get(variable):
            if found := shutil.which(named):
                return Path(found)
            raise RenderUnavailable(
                f"{variable} names {named}, which is not a program that can be started. "
                f"Correct it, or unset it to let Chromium be found."
            )
    for candidate in _candidates():
        if os.access(candidate, os.X_OK) and candidate.is_file():
            return candidate
    raise RenderUnavailable(
        "PNG and PDF are drawn by Chromium, and none was found. Install it "
        '("apt-get install chromium" on Debian, "playwright install chromium" elsewhere), '
        "or name one in BROWSER_PATH. SVG, CSV and Excel files need none."
    )


def _candidates() -> Iterator[Path]:
    for name in _NAMES:
        if found := shutil.which(name):
            yield Path(found)
    yield from map(Path, _PLACES)
    chosen = os.environ.get("PLAYWRIGHT_BROWSERS_PATH")
    caches = [Path(chosen)] if chosen else []
    caches += [Path.home() / ".cache/ms-playwright", Path.home() / "Library/Caches/ms-playwright"]
    for cache in caches:
        for pattern in _PLAYWRIGHT:
            yield from sorted(cache.glob(pattern), reverse=True)


def implementation(system_fonts: bool = True) -> type:
    """The class Kaleido starts its browser by; system_fonts=False hides all but ours."""
    from choreographer.browsers import Chromium

    class OfflineChromium(Chromium):
        """Chromium that resolves no host name, calls no service and finds the bundled typeface."""

        def get_cli(self) -> Sequence[str]:
            return [
                *super().get_cli(),
                "--host-resolver-rules=MAP * ~NOTFOUND",
                "--disable-background-networking",
                "--disable-domain-reliability",
                "--disable-client-side-phishing-detection",
                "--disable-extensions",
                "--no-pings",
                "--hide-scrollbars",
                "--font-render-hinting=none",
                "--force-color-profile=srgb",
            ]

        def get_env(self) -> MutableMapping[str, str]:
            folder = Path(self.tmp_dir.path)
            file = folder / "fonts.conf"
            file.write_text(fonts.configuration(folder / "fontconfig", system_fonts), "utf-8")
            homes = {
                "XDG_CONFIG_HOME": str(folder / "config"),
                "XDG_CACHE_HOME": str(folder / "cache"),
            }
            return {**super().get_env(), **homes, "FONTCONFIG_FILE": str(file)}

        def clean(self) -> None:
            """Remove the profile, and the lock beside it that a killed Chromium leaves behind."""
            if hasattr(self, "tmp_dir"):
                _unlock(Path(self.tmp_dir.path))
            super().clean()

    return OfflineChromium


def _unlock(profile: Path) -> None:
    """Remove the folder of a profile's single-instance socket, which its link names."""
    link = profile / "SingletonSocket"
    if link.is_symlink():
        folder = link.readlink().parent
        for file in folder.glob("Singleton*"):
            file.unlink(missing_ok=True)
        with suppress(OSError):
            folder.rmdir()
