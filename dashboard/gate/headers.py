"""The security headers of every response, and what happens to the cookies that Streamlit sets.

It must not know who is asking.
"""

from starlette.datastructures import MutableHeaders
from starlette.types import Message, Send

STREAMLIT_COOKIES = b"_streamlit_user"
STATE_COOKIE = b"_streamlit_session="
STATE_SECONDS = 600
YEAR = 365 * 24 * 3600
PAGE = (
    "default-src 'self'; img-src 'self' data: blob:; font-src 'self' data:; "
    "style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
MEDIA = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"
PLAIN = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
POWERS = ("accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "hid",
          "microphone", "midi", "payment", "serial", "usb")  # fmt: skip
SECURITY = {
    "Content-Security-Policy": PAGE,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{power}=()" for power in POWERS),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def sealed(send: Send, path: str, secure: bool, private: bool) -> Send:
    """A `send` that puts the security headers on the response to one request.

    `secure` is for https: cookies and the connection stay on it. `private` is for sign-in: what
    no header allows to keep is not kept, and Streamlit's own sign-in cookies stay here.
    """

    async def sealing(message: Message) -> None:
        if message["type"] in ("http.response.start", "websocket.http.response.start"):
            message["headers"] = _cookies(list(message.get("headers", ())), secure, private)
            headers = MutableHeaders(raw=message["headers"])
            _seal(headers, path, secure, private)
        await send(message)

    return sealing


def _seal(headers: MutableHeaders, path: str, secure: bool, private: bool) -> None:
    for name, value in SECURITY.items():
        headers.setdefault(name, value)
    if path.startswith("/media/"):
        headers["Content-Security-Policy"] = MEDIA
    if secure:
        headers["Strict-Transport-Security"] = f"max-age={YEAR}"
    if private:
        headers.setdefault("Cache-Control", "no-store")


def _cookies(
    headers: list[tuple[bytes, bytes]], secure: bool, private: bool
) -> list[tuple[bytes, bytes]]:
    """Headers without Streamlit's sign-in cookies, and the others kept short and to https."""
    kept = []
    for name, value in headers:
        if name.lower() == b"set-cookie":
            if private and value.startswith(STREAMLIT_COOKIES):
                continue
            kept.append((name, _shortened(value, secure)))
        else:
            kept.append((name, value))
    return kept


def _shortened(cookie: bytes, secure: bool) -> bytes:
    if cookie.startswith(STATE_COOKIE):
        parts = [part.strip() for part in cookie.split(b";")]
        short = b"Max-Age=%d" % STATE_SECONDS
        parts = [short if part.lower() == b"max-age=1209600" else part for part in parts]
        cookie = b"; ".join(parts)
    return cookie + b"; Secure" if secure and b"secure" not in cookie.lower() else cookie
