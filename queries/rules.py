"""The numbers behind disclosure control, and when one case makes too much of a figure.

Rules of the ESSNet handbook on statistical disclosure control (Hundepool and others 2012, chapter
4), cases being the contributors. p %: whoever knows all about the second largest case must not
learn the largest to within PERCENT. n-k with n = 1: no case makes more than a share of a figure.
Amounts are blurred by a tenth of their largest case at least (lattice.py), which is the p % rule
with p = 10; so n-k alone applies to them.
"""

THRESHOLD = 10
ROUNDED_TO = 10
PERCENT = 10
PEOPLE_SHARE = 75
AMOUNT_SHARE = 90


def dominates(total: str, first: str, second: str, *, people: bool) -> str:
    """SQL: whether the largest case makes too much of a total. first, second: what the two largest
    cases add; whole numbers or amounts, never NULL."""
    share = PEOPLE_SHARE if people else AMOUNT_SHARE
    of_total = f"100 * {first} > {share} * {total}"
    if not people:
        return f"({of_total})"
    return f"(100 * ({total} - {first} - {second}) < {PERCENT} * {first} or {of_total})"


def may_dominate(total: str, squares: str, *, people: bool) -> str:
    """SQL: whether the rule could hold: cheap, and true wherever `dominates` is.

    squares: the sum of what each case adds, squared, or more. p % holds where a first + second >
    total with a = 1 + p / 100, and (a first + second)^2 <= (a^2 + 1) (first^2 + second^2).
    """
    if not people:
        return f"{squares} * 10000 > {AMOUNT_SHARE**2} * {total} * {total}"
    limit = (100 + PERCENT) ** 2 + 100**2
    return f"{squares}::double * {limit} > 10000 * {total}::double * {total}"
