"""Makes the page's Chinese font files from the fonts the images use; run after adding words.

`python -m dashboard.subset` needs fontTools with brotli (`pip install fonttools brotli`), which
readers of the dashboard do not. Two files a page needs at once hold the characters of the
project's own words; a third, fetched by the browser only when met, holds the rest of GB 2312.
"""

import subprocess
import sys
from itertools import chain
from pathlib import Path

ROOT = Path(__file__).parent.parent
FONTS = ROOT / "dashboard" / "static" / "fonts"
SOURCES = {400: "NotoSansSC-Regular.ttf", 700: "NotoSansSC-Bold.ttf"}
TEXTS = ("data/**/*.toml", "data/codes/*.csv", "data/published/*.csv", "queries/**/*.sql",
         "queries/**/*.toml", "queries/**/*.py",
         "dashboard/**/*.toml", "dashboard/**/*.py")  # fmt: skip
LATIN = "".join(map(chr, (*range(0x20, 0x7F), *range(0xA0, 0x180))))
PAGE = FONTS / "page-characters.txt"
PUNCTUATION = "，。、；：？！（）《》“”‘’…—·％＋－×≥≤≈−→←↑↓▲▼●○■□　"


def characters() -> str:
    """Latin letters and every Chinese character and sign of the project's own texts."""
    texts = chain.from_iterable(ROOT.glob(pattern) for pattern in TEXTS)
    used = set(PUNCTUATION).union(*(path.read_text("utf-8") for path in texts))
    return LATIN + "".join(sorted(sign for sign in used if ord(sign) > 0x2000))


def gb2312() -> str:
    """The 6,763 Chinese characters of GB 2312, in the standard's own order."""
    cells = (bytes([row, cell]) for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF))
    return "".join(cell.decode("gb2312", "ignore") for cell in cells)


def cut(weight: int, name: str, text: str) -> Path:
    """Write one woff2 file of the given weight holding these characters; return its path."""
    target = FONTS / f"noto-sans-sc-{name}-{weight}.woff2"
    source = ROOT / "dashboard" / "export" / "fonts" / SOURCES[weight]
    options = ("--flavor=woff2", "--no-hinting", "--layout-features=", f"--output-file={target}")
    tool = (sys.executable, "-m", "fontTools.subset", str(source), f"--text={text}", *options)
    subprocess.run(tool, check=True)
    return target


def main() -> None:
    """Write the three files and the list of characters that tests compare with the words."""
    page = characters()
    PAGE.write_text(page + "\n", "utf-8")
    written = [cut(weight, "page", page) for weight in SOURCES]
    written.append(cut(400, "more", "".join(sorted(set(gb2312()) - set(page)))))
    for path in written:
        print(f"{path.relative_to(ROOT)}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
