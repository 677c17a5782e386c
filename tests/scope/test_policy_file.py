"""What policy.toml may say, whom it lets in, and that every mistake in it stops a start."""

import json
from pathlib import Path

import pytest

from dashboard import __main__ as dashboard
from queries import __main__ as queries
from queries import policies, policy_file, trail
from queries.grants import NoRole, PolicyError, Rules
from queries.policy_file import BUNDLED, OPTIONAL, REQUIRED, VARIABLE
from tests.scope.roles import ROLES, own, written

README = BUNDLED.parent / "README.md"


@pytest.fixture(scope="module")
def rules() -> Rules:
    return policy_file.read(BUNDLED)


def test_the_bundled_policy_knows_every_role_and_grants_nothing_weaker(rules: Rules):
    assert tuple(rules.roles) == (*ROLES, "local")
    for role in rules.roles.values():
        assert role.grant.scope.policy is role.grant.exported.policy is None
        assert role.grant.scope.granted == ()
    assert [name for name, role in rules.roles.items() if "log" in role.grant.sees] == [
        "administrator",
        "local",
    ]


def test_whoever_uses_this_machine_sees_everything_protected(rules: Rules):
    grant = rules.local()
    assert grant.scope.free and policies.governing("protected", grant.scope) == "protected"
    assert policies.governing("public", grant.scope) == "public"
    assert grant.files == {"picture", "table"}


def test_claims_give_a_role_and_its_region(rules: Rules):
    grant = rules.grant({"roles": ("analyst",), "regions": ("CN-FJ", "north-east")})
    assert (grant.role, grant.scope.origins) == ("analyst", ("CN-LN", "CN-JL", "CN-HL", "CN-FJ"))
    assert grant.exported.origins == grant.scope.origins
    assert rules.grant({"roles": ("leader", "analyst")}).role == "leader"
    assert rules.claims == ("roles", "regions")


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({}, "no role"),
        ({"roles": ()}, "no role"),
        ({"roles": ("local",)}, "no role"),
        ({"roles": ("Analyst",)}, "no role"),
        ({"regions": ("CN-FJ",)}, "no role"),
        ({"roles": ("analyst",)}, "no scope"),
        ({"roles": ("analyst",), "regions": ("Atlantis",)}, "no scope"),
        ({"roles": ("analyst",), "regions": ("CN-FJ", "Atlantis")}, "no scope"),
        ({"roles": ("analyst",), "regions": ("all",)}, "no scope"),
        ({"roles": ("analyst",), "regions": ("",)}, "no scope"),
    ],
)
def test_claims_that_do_not_suffice_give_nothing(
    given: dict[str, tuple[str, ...]], reason: str, rules: Rules
):
    with pytest.raises(NoRole, match=reason):
        rules.grant(given)


def test_a_map_turns_a_providers_words_into_codes(tmp_path: Path):
    part = '{ claim = "unit", map = { fujian = ["CN-FJ"], hq = "all" } }'
    rules = policy_file.read(own(tmp_path, "analyst", origins=part))
    for unit, origins in (("fujian", ("CN-FJ",)), ("CN-ZJ", ("CN-ZJ",)), ("hq", None)):
        assert rules.grant({"roles": ("analyst",), "unit": (unit,)}).scope.origins == origins
    with pytest.raises(NoRole):
        rules.grant({"roles": ("analyst",), "unit": ("guangdong",)})


def test_every_field_reaches_the_grant(tmp_path: Path):
    path = own(
        tmp_path, "leader", origins='["coastal"]', destinations='["ITA"]', finest='"year"',
        by_age="false", by_gang="false", gangs='["G1"]', files='["picture"]', most_rows="50",
        sees='["loading"]',
    )  # fmt: skip
    grant = policy_file.read(path).grant({"roles": ("leader",)})
    scope = grant.scope
    assert scope.origins and "CN-FJ" in scope.origins and scope.destinations == ("ITA",)
    assert (scope.finest, scope.towns, scope.ages, scope.by_gang) == ("year", False, False, False)
    assert scope.gangs == ("G1",) and grant.most_rows == 50
    assert grant.files == {"picture"} and grant.sees == {"loading"}


@pytest.mark.parametrize(
    ("role", "changes", "said"),
    [
        ("leader", {"origins": ""}, "roles.leader.origins is missing"),
        ("leader", {"claims": ""}, "roles.leader.claims is missing"),
        ("leader", {"claims": "{}"}, "roles.leader.claims must be a table"),
        ("leader", {"claims": '{ roles = "x" }'}, "roles.leader.claims.roles must be a list"),
        ("leader", {"origins": "[]"}, "roles.leader.origins must be a list of texts that is not"),
        ("leader", {"origins": '["CN-XX"]'}, "roles.leader.origins names what there is not"),
        ("leader", {"origins": '"ALL"'}, "roles.leader.origins must be a list"),
        ("leader", {"origins": "{ claims = 1 }"}, "roles.leader.origins must be { claim"),
        ("analyst", {"origins": '{ claim = "r", map = { x = ["XX"] } }'}, "origins.map.x names"),
        ("leader", {"finest": '"day"'}, "finest must be one of month, quarter, year, got 'day'"),
        ("leader", {"by_gang": '"no"'}, "roles.leader.by_gang must be true or false"),
        ("leader", {"prefectures": '["350100"]'}, "by_prefecture must be true"),
        ("leader", {"screen": '"public"'}, "roles.leader.screen must be one of"),
        ("leader", {"files": '["video"]'}, "roles.leader.files must be one of picture, table"),
        ("leader", {"sees": '"log"'}, "roles.leader.sees must be a list"),
        ("leader", {"most_rows": "0"}, "most_rows must be a whole number above 0"),
        ("leader", {"most_rows": "true"}, "most_rows must be a whole number above 0"),
        ("leader", {"colour": '"red"'}, "roles.leader.colour is no field"),
        ("local", {"origins": '{ claim = "regions" }'}, "roles.local has no claims"),
        ("local", {"claims": '{ roles = ["x"] }'}, "roles.local.claims is no field"),
    ],
)
def test_a_mistake_is_refused_and_named(
    role: str, changes: dict[str, str], said: str, tmp_path: Path
):
    path = own(tmp_path, role, **changes)
    with pytest.raises(PolicyError) as refused:
        policy_file.read(path)
    assert said in str(refused.value) and str(path) in str(refused.value)


def test_a_policy_weaker_than_protected_needs_its_grant(tmp_path: Path):
    weaker = policy_file.GRANTABLE
    assert weaker == ("suppressed", "rounded", "exact")
    for name in weaker:
        for field in ("screen", "exports"):
            with pytest.raises(PolicyError, match=f"{field} is {name}, which is weaker"):
                policy_file.read(own(tmp_path, "leader", **{field: f'"{name}"'}))
            path = own(tmp_path, "leader", **{field: f'"{name}"', "granted": f'["{name}"]'})
            grant = policy_file.read(path).grant({"roles": ("leader",)})
            shown, taken = grant.scope.policy, grant.exported.policy
            assert (shown if field == "screen" else taken) == name
            assert (taken if field == "screen" else shown) is None


def test_strict_needs_no_grant_and_is_none(tmp_path: Path):
    path = own(tmp_path, "leader", screen='"strict"', exports='"strict"')
    grant = policy_file.read(path).grant({"roles": ("leader",)})
    assert grant.scope.policy == grant.exported.policy == "strict"
    assert policies.governing("protected", grant.scope) == "strict"
    with pytest.raises(PolicyError, match="granted must be one of suppressed, rounded, exact"):
        policy_file.read(own(tmp_path, "leader", granted='["strict"]'))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "must hold tables"),
        ("version = 1\n", "must hold tables"),
        ("roles = 1\n", "must hold tables"),
        ("[roles.emperor]\n", "roles.emperor is no role"),
        ("[roles.leader]\n", "roles.local is missing"),
        ("[roles", "no TOML"),
        ("[roles]\nlocal = 1\n", "roles.local must be a table"),
    ],
)
def test_a_file_that_is_no_policy_is_refused(text: str, said: str, tmp_path: Path):
    with pytest.raises(PolicyError, match=said):
        policy_file.read(written(tmp_path, text))


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o602])
def test_a_policy_that_others_can_read_or_change_is_refused(mode: int, tmp_path: Path):
    path = written(tmp_path, BUNDLED.read_text("utf-8"), mode)
    with pytest.raises(PolicyError, match="open to other users"):
        policy_file.read(path)


def test_a_policy_that_is_not_there_is_refused(tmp_path: Path):
    with pytest.raises(PolicyError, match=VARIABLE):
        policy_file.read(tmp_path / "none.toml")


@pytest.mark.parametrize("by", ["flag", "variable"])
def test_a_start_with_a_mistake_in_its_policy_is_one_sentence(
    by: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    path = str(own(tmp_path, "leader", finest='"day"'))
    monkeypatch.setenv(VARIABLE, path if by == "variable" else "")
    arguments = ["--policy", path] if by == "flag" else []
    assert dashboard.main([*arguments, "--port", "0"]) == 2
    said = capsys.readouterr().err
    assert "roles.leader.finest" in said and len(said.strip().splitlines()) == 1


def test_a_command_follows_the_policy_and_its_refusals_are_in_the_log(
    tmp_path: Path,
    tiny_directory: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setenv("DASHBOARD_STATE", str(tmp_path / "state"))
    monkeypatch.setenv(VARIABLE, str(own(tmp_path, origins='["CN-FJ"]', by_gang="false")))
    monkeypatch.setattr(trail, "_lately", type(trail._lately)())

    def asked(*arguments: str) -> tuple[int, str, str]:
        status = queries.main(["answer", *arguments, "--data", str(tiny_directory)])
        return status, *capsys.readouterr()

    assert asked("origins", "--select", "origins=CN-GD") == (
        2,
        "",
        "python -m queries: origins: 1 outside your scope: CN-GD; you may ask for CN-FJ\n",
    )
    assert asked("gangs")[0] == 2
    status, out, _ = asked("origins", "--format", "json")
    assert status == 0
    said = json.loads(out)
    assert said["about"]["scope"] == "Origin province: Fujian; not by gang"
    assert {row["origin"] for row in said["rows"]} == {"CN-FJ"}
    monkeypatch.setenv(VARIABLE, str(own(tmp_path, files='["picture"]')))
    policy_file._kept.cache_clear()
    assert "may take no table away" in asked("origins")[2]
    log = "".join(path.read_text() for path in sorted((tmp_path / "state").rglob("audit-*.jsonl")))
    kinds = [(line["kind"], line["detail"]) for line in map(json.loads, log.splitlines())]
    assert kinds.count(("refusal", "outside-scope")) == 2
    assert kinds.count(("refusal", "no-right")) == 1 and kinds.count(("export", "json")) == 1


def test_a_changed_policy_is_written_down_at_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("DASHBOARD_STATE", str(tmp_path / "state"))
    first, same = trail.rules_in_force(BUNDLED), trail.rules_in_force(BUNDLED)
    own_one = trail.rules_in_force(own(tmp_path))
    weaker = trail.rules_in_force(own(tmp_path, by_gang="false"))
    assert (first, same, own_one, weaker) == (True, False, True, True)


def test_every_field_of_the_file_is_in_the_readme():
    text = README.read_text("utf-8")
    missing = [name for name in ("claims", *REQUIRED, *OPTIONAL) if f"| `{name}` |" not in text]
    assert missing == []
