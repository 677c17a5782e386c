"""Which policy governs an answer, and what it says about its figures; it must not know SQL."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from data import contracts
from data.contracts import Language, Words
from data.manifest import Disclosure
from queries.release import UNGRANTED, PolicyName
from queries.scope import Scope, ScopeError

PATH = Path(__file__).with_name("policies.toml")


def governing(disclosure: Disclosure, scope: Scope) -> PolicyName:
    """The policy that figures of a data set are released under to a scope; those published already
    stay `public`.

    Raises ScopeError for a policy weaker than the data set's that was not granted, and for `public`
    over figures that are not published.
    """
    wanted = scope.policy or disclosure
    if disclosure == "public":
        return disclosure if wanted == "exact" else wanted
    if wanted in (disclosure, *UNGRANTED) or (wanted in scope.granted and wanted != "public"):
        return wanted
    zh, en = ([label(name, said) for name in (wanted, disclosure)] for said in ("zh", "en"))
    raise ScopeError(
        f"policy: no grant lets you have figures {wanted} that are {disclosure}; ask the"
        " administrator",
        "policy",
        (wanted,),
        {
            "zh": "您没有获得以“{}”方式查看这些数字的授权；这些数字按“{}”方式发布。".format(*zh),
            "en": "You hold no grant to see these figures {}; they are {}.".format(*en),
        },
    )


def label(policy: PolicyName, language: Language) -> str:
    """The policy's name in a word or two."""
    return _said()[policy]["label"][language]


def about(policy: PolicyName, language: Language) -> str:
    """What was done to the figures, a clause without a full stop: for a footer."""
    return _said()[policy]["about"][language]


def sentence(policy: PolicyName, language: Language) -> str:
    """The same as a sentence, for a screen."""
    return about(policy, language) + {"zh": "。", "en": "."}[language]


def zero(policy: PolicyName, language: Language) -> str:
    """What a figure of 0 says, a clause without a full stop."""
    return _said()[policy]["zero"][language]


def parts(policy: PolicyName, language: Language) -> str:
    """Why parts may not add up to their total, a sentence; empty where they always do."""
    said = _said()[policy].get("parts")
    return said[language] if said else ""


@cache
def _said() -> Mapping[str, Mapping[str, Words]]:
    read = tomllib.loads(PATH.read_text(encoding="utf-8"))
    return {
        policy: {key: contracts.words(text, f"{PATH.name}: {policy}") for key, text in said.items()}
        for policy, said in read.items()
    }
