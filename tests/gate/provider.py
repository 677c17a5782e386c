"""A real OpenID provider for the tests: discovery, keys, authorization code with PKCE, sign-out.

The protocol is Authlib's server side; here are its store, in memory, and its addresses. A person
is what `people` says: claims by name, `lasts` the seconds of their ID token. The sign-in page is
a form with one button per person. Started by `python -m tests.gate.provider PORT REDIRECT_URI`.
"""

import asyncio
import json
import sys
import time
from typing import Any
from urllib.parse import parse_qsl, urlencode

import uvicorn
from authlib.common.security import generate_token
from authlib.oauth2.rfc6749 import AuthorizationServer, ClientMixin, OAuth2Request
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from authlib.oauth2.rfc6750 import BearerTokenGenerator
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import OpenIDCode, UserInfo
from joserfc.jwk import KeySet, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

CLIENT_ID, CLIENT_SECRET = "dashboard", "a-secret-of-the-tests-alone"
PEOPLE: dict[str, dict[str, Any]] = {
    "lin": {"roles": ["analyst"], "regions": ["CN-FJ"], "name": "Lin"},
    "homeless": {"roles": ["analyst"], "regions": ["Atlantis"], "name": "Homeless"},
    "boss": {"roles": ["leader"], "name": "Boss"},
    "wang": {"roles": ["administrator"], "name": "Wang"},
    "guest": {"roles": ["cook"], "name": "Guest"},
    "nobody": {"name": "Nobody"},
    "brief": {"roles": ["leader"], "lasts": 6},
    "late": {"roles": ["leader"], "lasts": -30},
    "ancient": {"roles": ["leader"], "lasts": -3600},
}


class Client(ClientMixin):
    """The dashboard, as registered here."""

    def __init__(self, redirect_uri: str) -> None:
        self.redirect_uri = redirect_uri

    def get_client_id(self) -> str:
        return CLIENT_ID

    def get_default_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_allowed_scope(self, scope: str) -> str:
        return " ".join(word for word in scope.split() if word in ("openid", "email", "profile"))

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri == self.redirect_uri

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == CLIENT_SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method in ("client_secret_basic", "client_secret_post")

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


class Code:
    """An authorization code and what it was given for."""

    def __init__(self, request: OAuth2Request, person: str) -> None:
        asked = request.payload.data
        self.person, self.scope = person, request.scope
        self.redirect_uri, self.nonce = asked["redirect_uri"], asked.get("nonce")
        self.code_challenge = asked.get("code_challenge")
        self.code_challenge_method = asked.get("code_challenge_method")
        self.auth_time = int(time.time())

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str | None:
        return self.nonce

    def get_auth_time(self) -> int:
        return self.auth_time

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> None:
        return None


CODES: dict[str, Code] = {}
KEY = RSAKey.generate_key(2048, {"kid": "test", "use": "sig", "alg": "RS256"}, private=True)


class Grant(AuthorizationCodeGrant):
    """Codes are kept in memory and are good once."""

    def save_authorization_code(self, code: str, request: OAuth2Request) -> None:
        CODES[code] = Code(request, request.user)

    def query_authorization_code(self, code: str, client: Client) -> Code | None:
        return CODES.pop(code, None)

    def delete_authorization_code(self, authorization_code: Code) -> None:
        pass

    def authenticate_user(self, authorization_code: Code) -> str:
        return authorization_code.person


class IdToken(OpenIDCode):
    """What an ID token says of a person."""

    def __init__(self, issuer: str) -> None:
        super().__init__(require_nonce=True)
        self.issuer = issuer

    def exists_nonce(self, nonce: str, request: OAuth2Request) -> bool:
        return any(code.nonce == nonce for code in CODES.values())

    def resolve_client_private_key(self, client: Client) -> RSAKey:
        return KEY

    def get_encode_header(self, client: Client) -> dict[str, str]:
        return {"alg": "RS256", "kid": "test"}

    def get_client_claims(self, client: Client) -> dict[str, Any]:
        return {"iss": self.issuer, "aud": [CLIENT_ID]}

    def generate_user_info(self, user: str, scope: str) -> UserInfo:
        about = dict(PEOPLE[user])
        return UserInfo(sub=user, exp=int(time.time()) + about.pop("lasts", 3600), **about)


class Asked(OAuth2Request):
    """A request in the shape that Authlib reads."""

    def __init__(self, request: Request, form: dict[str, str]) -> None:
        super().__init__(request.method, str(request.url), headers=request.headers)
        self.payload = BasicOAuth2Payload(dict(request.query_params) | form)
        self._form, self._args = form, dict(request.query_params)

    @property
    def form(self) -> dict[str, str]:
        return self._form

    @property
    def args(self) -> dict[str, str]:
        return self._args


class Server(AuthorizationServer):
    """Authlib's server over Starlette."""

    def __init__(self, client: Client) -> None:
        super().__init__()
        self.client = client

    def query_client(self, client_id: str) -> Client | None:
        return self.client if client_id == CLIENT_ID else None

    def save_token(self, token: dict[str, Any], request: OAuth2Request) -> None:
        pass

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        pass

    def create_oauth2_request(self, request: OAuth2Request) -> OAuth2Request:
        return request

    def handle_response(self, status: int, body: Any, headers: list[tuple[str, str]]) -> Response:
        if isinstance(body, dict):
            return JSONResponse(body, status, dict(headers))
        return Response(body, status, dict(headers))


def application(issuer: str, redirect_uri: str) -> Starlette:
    """The provider's addresses."""
    server = Server(Client(redirect_uri))
    tokens = BearerTokenGenerator(lambda **_: generate_token(42), expires_generator=lambda *_: 3600)
    server.register_token_generator("default", tokens)
    server.register_grant(Grant, [CodeChallenge(required=True), IdToken(issuer)])

    async def discovery(_: Request) -> Response:
        return JSONResponse({
            "issuer": issuer,
            "authorization_endpoint": f"{issuer}/authorize",
            "token_endpoint": f"{issuer}/token",
            "jwks_uri": f"{issuer}/jwks",
            "end_session_endpoint": f"{issuer}/logout",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
        })  # fmt: skip

    async def jwks(_: Request) -> Response:
        return JSONResponse(KeySet([KEY]).as_dict(private=False))

    async def authorize(request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode()))
        asked = Asked(request, {})
        if person := form.get("person"):
            grant = server.get_consent_grant(asked, person)
            return server.create_authorization_response(asked, person, grant)
        buttons = "".join(
            f'<button name="person" value="{name}">{name}</button>' for name in PEOPLE
        )
        return HTMLResponse(f'<form method="post">{buttons}</form>')

    async def token(request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode()))
        return server.create_token_response(Asked(request, form))

    async def logout(request: Request) -> Response:
        asked = request.query_params
        known = asked.get("id_token_hint") and asked.get("client_id") == CLIENT_ID
        if known and asked.get("post_logout_redirect_uri") == redirect_uri:
            return RedirectResponse(redirect_uri, 302)
        return Response(f"bad sign-out {urlencode(asked)}", 400)

    return Starlette(routes=[
        Route("/.well-known/openid-configuration", discovery),
        Route("/jwks", jwks),
        Route("/authorize", authorize, methods=["GET", "POST"]),
        Route("/token", token, methods=["POST"]),
        Route("/logout", logout),
    ])  # fmt: skip


def main(number: int, redirect_uri: str) -> None:
    """Serve until stopped."""
    issuer = f"http://localhost:{number}"
    settings = uvicorn.Config(application(issuer, redirect_uri), port=number, log_level="warning")
    server = uvicorn.Server(settings)

    async def serve() -> None:
        serving = asyncio.create_task(server.serve())
        while not server.started:
            await asyncio.sleep(0.01)
        print(json.dumps({"issuer": issuer}), flush=True)
        await serving

    asyncio.run(serve())


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
