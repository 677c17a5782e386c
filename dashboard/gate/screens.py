"""The gate's own pages, in both languages at once and without a script: sign in, and refused."""

from html import escape
from urllib.parse import quote

from starlette.responses import HTMLResponse

from dashboard.gate.headers import PLAIN
from dashboard.words import say
from data.contracts import LANGUAGES, Language, Words

TEMPLATE = """<!DOCTYPE html>
<html lang="zh">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="/app/static/icon.png">
<link rel="stylesheet" href="/app/static/gate/gate.css">
</head>
<body>
<main>
{body}
</main>
</body>
</html>
"""
LANG: dict[Language, str] = {"zh": "zh-CN", "en": "en"}


def sign_in(wanted: str) -> HTMLResponse:
    """The page before sign-in; `wanted` is the address to come back to. Status 401."""
    link = f"/auth/login?next={quote(wanted, safe='')}"
    body = "".join(
        f'<section lang="{LANG[language]}"><h1>{_said("product", language)}</h1>'
        f"<p>{_said('gate.closed', language)}</p>"
        f'<p><a class="enter" href="{escape(link)}">{_said("gate.sign_in", language)}</a></p>'
        "</section>"
        for language in LANGUAGES
    )
    return _page(body, 401)


def refused(contact: Words | None, reason: str = "no role") -> HTMLResponse:
    """The page for somebody known who has no role here, or a role without a region that is known:
    whom to ask, nothing more. Status 403."""
    key = "gate.no_scope" if reason == "no scope" else "gate.no_role"
    body = "".join(
        f'<section lang="{LANG[language]}"><h1>{_said(key, language)}</h1>'
        f"<p>{_ask(contact, language)}</p></section>"
        for language in LANGUAGES
    )
    return _page(body, 403)


def _ask(contact: Words | None, language: Language) -> str:
    whom = say("gate.steward", language) if contact is None else getattr(contact, language)
    return escape(say("gate.ask", language, whom=whom))


def _said(key: str, language: Language) -> str:
    return escape(say(key, language))


def _page(body: str, status: int) -> HTMLResponse:
    title = " · ".join(_said("product", language) for language in LANGUAGES)
    headers = {"Content-Security-Policy": PLAIN, "Cache-Control": "no-store"}
    return HTMLResponse(TEMPLATE.format(title=title, body=body), status, headers)
