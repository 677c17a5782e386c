"""What stands around every page: its title, the data set's name and date, the synthetic mark."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st
from babel.dates import format_date

from dashboard import look
from dashboard.literal import plain
from dashboard.words import joined, say
from data.contracts import Language
from queries import policies
from queries.grants import Grant
from queries.scope import Scope

if TYPE_CHECKING:
    from data.snapshots import Manifest
    from queries.release import PolicyName

HERE = Path(__file__).parent
ICON = HERE / "static" / "icon.png"
DAYS = {"zh": "y年M月d日", "en": "d MMM y"}
PAGES = {
    "overview": ":material/space_dashboard:",
    "flows": ":material/public:",
    "people": ":material/group:",
    "gangs": ":material/hub:",
    "seizures": ":material/inventory_2:",
    "data": ":material/database:",
}


def pages(language: Language, scope: Scope) -> list[Any]:
    """The pages in order that a scope leaves; their addresses do not follow the language."""
    return [
        st.Page(
            HERE / "views" / f"{name}.py",
            title=say(f"page_{name}", language),
            icon=icon,
            default=name == "overview",
        )
        for name, icon in PAGES.items()
        if name != "gangs" or scope.by_gang
    ]


def header(manifest: "Manifest", scope: Scope, language: Language, leaving: bool = False) -> None:
    """One line: the product, the data set, as of when, the synthetic mark, the scope where it has
    limits; the way out."""
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="header"):
        st.markdown(f"**{say('product', language)}**", width="content")
        about = f"{plain(manifest.title[language])} · {as_of(manifest, language)}"
        st.caption(about, width="content")
        synthetic(manifest, language)
        if not scope.free:
            words = say("scope_badge", language, scope=scope.words(language))
            st.badge(plain(words), icon=":material/lock:", color="blue")
        if leaving:
            st.button(
                say("sign_out", language), key="sign-out", type="tertiary", on_click=st.logout
            )


def footer(manifest: "Manifest", policy: "PolicyName", grant: Grant, language: Language) -> None:
    """Whose data this is, its version and protection, who may see what of it, and the synthetic
    mark again."""
    with st.container(gap="xxsmall", key="footer"):
        synthetic(manifest, language)
        about = say(
            "footer",
            language,
            title=plain(manifest.title[language]),
            publisher=plain(manifest.publisher[language]),
            as_of=as_of(manifest, language),
            version=manifest.id,
        )
        role = say(f"role.{grant.role}", language)
        scope = say("scope_line", language, role=role, scope=grant.scope.words(language))
        protection = policies.sentence(policy, language)
        st.caption(f"{about}  \n{plain(joined((scope, protection), language))}")


def as_of(manifest: "Manifest", language: Language) -> str:
    """The as-of date in words, with the first provisional month where there is one."""
    day = format_date(manifest.as_of, format=DAYS[language], locale=look.LOCALES[language])
    if manifest.provisional_from is None:
        return say("as_of", language, day=day)
    month = look.month(manifest.provisional_from, language)
    return say("as_of_provisional", language, day=day, month=month)


def synthetic(manifest: "Manifest", language: Language) -> None:
    """The mark that invented data carry on every screen."""
    if manifest.synthetic:
        st.badge(say("synthetic", language), icon=":material/science:", color="orange")
