"""Text from data, escaped for what draws it: Streamlit's Markdown and Plotly's markup."""

import re
from html import escape

from data.harmless import line

SIGNS = str.maketrans({sign: f"\\{sign}" for sign in "\\`*_{}[]()<>#+-!|~:$&=."})
JOINER = "\N{WORD JOINER}"
# Streamlit makes links, icons and arrows of these behind Markdown's back, escaped or not.
TURNED = re.compile(
    r":(?=//|[\w/+-]+:)|www(?=\.)|(?<=[\w.+-])(?=@)|-(?=[->])|[<>~!](?=[-=])", re.IGNORECASE
)
MARKUP = str.maketrans({"%": "&#37;", "$": "&#36;"})


def plain(text: str) -> str:
    """Text as one line of Markdown in which nothing is drawn, linked or fetched."""
    return TURNED.sub(lambda found: found[0] + JOINER, line(text)).translate(SIGNS)


def safe(text: str) -> str:
    """Text for Plotly: neither a tag, nor a template, nor a formula."""
    return escape(line(text), quote=False).translate(MARKUP)
