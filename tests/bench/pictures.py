"""Times one exported PNG: our command, our warm browser, and Plotly's own one-off way."""

import subprocess
import sys
import time
from pathlib import Path
from statistics import median

import plotly.graph_objects as go

from dashboard.export import files, render
from dashboard.export.figure import footed
from queries.answers import Answer
from queries.store import Store

ROOT = Path(__file__).parent.parent.parent
NAME = "origins"
COMMAND = ["dashboard.export", NAME, "--language", "zh", "--format", "png", "--size", "slide"]
TIMES = 5


def timed(folder: Path) -> tuple[float, float, float]:
    """Milliseconds: the command from its start, a warm picture, a warm process' one-off picture."""
    out = folder / "picture.png"
    started = time.perf_counter()
    wanted = ["--data", str(folder), "--out", str(out)]
    subprocess.run([sys.executable, "-m", *COMMAND, *wanted], cwd=ROOT, check=True)
    cold = (time.perf_counter() - started) * 1000
    with Store(folder) as store:
        answer = store.answer(NAME)
        files.build("png", answer, "zh")
        warm = median(_ms(answer) for _ in range(TIMES))
        figure = footed(answer, "zh", "slide")
    render.shared().close()
    started = time.perf_counter()
    go.Figure(figure.spec, skip_invalid=True).to_image(
        "png", width=figure.width, height=figure.height, scale=figure.png_scale
    )
    return cold, warm, (time.perf_counter() - started) * 1000


def _ms(answer: Answer) -> float:
    started = time.perf_counter()
    files.build("png", answer, "zh")
    return (time.perf_counter() - started) * 1000
