"""No page writes markup of its own, and nothing runs text: read from the code itself."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = [
    path for folder in ("data", "queries", "dashboard") for path in (ROOT / folder).rglob("*.py")
]
SCRIPTS = sorted((ROOT / "dashboard" / "static").rglob("*.js"))
# What writes a page of its own, from fixed text and escaped words.
PAGES = {"dashboard/gate/screens.py", "dashboard/shell.py"}
# What shows a script of ours: by a fixed name, from a fixed file, in no frame and with no markup.
SHOWN = {
    "dashboard/plot.py": "st.components.v2.component(NAME, js=f'{CHART}.js', isolate_styles=False)"
}
KEYWORDS = {"unsafe_allow_html", "unsafe_allow_javascript", "shell"}
CALLS = {"html", "iframe", "declare_component", "component", "Markup", "mark_safe", "write_html",
         "to_html", "eval", "exec", "system", "popen", "HTMLResponse", "loads_pickle",
         "Unpickler", "TemplateResponse", "FileResponse"}  # fmt: skip
MODULES = {"pickle", "marshal", "shelve", "jinja2", "mako", "streamlit.components.v1", "code"}
MARKDOWN = {"markdown", "caption", "error", "warning", "info", "success", "badge", "expander"}
ESCAPING = {"plain", "say", "as_of"}
IN_SCRIPTS = (
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|\.src\s*="
)


def name(node: ast.expr) -> str:
    """The last name of what is called."""
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def faults(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = name(node.func)
            if called in CALLS:
                yield f"{node.lineno}: {called}("
            for keyword in node.keywords:
                if keyword.arg in KEYWORDS:
                    yield f"{node.lineno}: {keyword.arg}="
                if keyword.arg == "media_type" and "html" in ast.unparse(keyword.value):
                    yield f"{node.lineno}: text/html"
            if called in MARKDOWN:
                yield from unescaped(node)
        if isinstance(node, ast.Import | ast.ImportFrom):
            known = {one.name for one in node.names} | {getattr(node, "module", None)}
            yield from (f"{node.lineno}: import {one}" for one in known & MODULES)


def unescaped(node: ast.Call) -> Iterator[str]:
    """Places of an f-string for Markdown that are filled by no escaping call."""
    for argument in node.args:
        for part in getattr(argument, "values", ()) if isinstance(argument, ast.JoinedStr) else ():
            if isinstance(part, ast.FormattedValue):
                value = part.value
                called = name(value.func) if isinstance(value, ast.Call) else ""
                if called not in ESCAPING and not isinstance(value, ast.Name):
                    yield f"{node.lineno}: {ast.unparse(value)} in Markdown"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_module_writes_markup_or_runs_text(path: Path):
    found = list(faults(ast.parse(path.read_text("utf-8"))))
    if path.relative_to(ROOT).as_posix() in PAGES:
        assert all("HTMLResponse" in one or "text/html" in one for one in found)
        assert found
    elif shown := SHOWN.get(path.relative_to(ROOT).as_posix()):
        assert [one.split(": ")[1] for one in found] == ["component("]
        assert path.read_text("utf-8").count(shown.replace("'", '"')) == 1
    else:
        assert found == []


def test_the_check_finds_what_it_looks_for():
    planted = """
import pickle
st.markdown(f"**{row.gang}**", unsafe_allow_html=True)
st.html(text); components.iframe(x); Response(x, media_type="text/html"); eval(x)
subprocess.run(x, shell=True)
"""
    assert len(list(faults(ast.parse(planted)))) == 8


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_no_script_of_ours_writes_markup(path: Path):
    assert not re.search(IN_SCRIPTS, path.read_text("utf-8"))


def test_there_are_scripts_and_modules_to_look_at():
    assert len(SCRIPTS) >= 2 and len(FILES) > 100
