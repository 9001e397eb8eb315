"""Rates and ratios against figures worked out by hand, and what small groups never give away."""

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviews.domain.impact_ratios import (
    FEWEST,
    Key,
    Table,
    Tally,
    compare_crossed,
    compare_groups,
    weigh_chance,
)

#: The example of NYC's rule, 6 RCNY 5-301: applicants, selected, and the selection rates and impact ratios it prints.
RULE_SEX = {("male",): (Tally(1390, 667), "48%", "1.000"), ("female",): (Tally(1181, 555), "47%", "0.979")}
RULE_RACE = {
    ("hispanic",): (Tally(408, 204), "50%", "0.97"),
    ("white",): (Tally(797, 412), "52%", "1.00"),
    ("black",): (Tally(390, 170), "44%", "0.84"),
    ("pacific",): (Tally(119, 52), "44%", "0.85"),
    ("asian",): (Tally(616, 302), "49%", "0.95"),
    ("native",): (Tally(41, 18), "44%", "0.85"),
    ("several",): (Tally(213, 96), "45%", "0.87"),
}


def tallies(**groups: tuple[int, int]) -> dict[Key, Tally]:
    return {(name,): Tally(*numbers) for name, numbers in groups.items()}


def ratios(table: Table) -> dict[str, Fraction | None]:
    return {" ".join(group.key): group.ratio for group in table.groups}


def shown(table: Table) -> set[Key]:
    return {group.key for group in table.groups if group.tally}


@pytest.mark.parametrize(("example", "digits"), [(RULE_SEX, 3), (RULE_RACE, 2)])
def test_the_rules_own_example(example: dict[Key, tuple[Tally, str, str]], digits: int) -> None:
    table = compare_groups({key: tally for key, (tally, _, _) in example.items()}, unknown=250)
    found = {
        group.key: (f"{float(group.tally.rate):.0%}", f"{float(group.ratio):.{digits}f}")
        for group in table.groups
        if group.tally and group.ratio
    }
    # 41 of 2,584 are less than 2 %: their rate is printed, and a ratio only by an auditor who leaves nobody out.
    assert found == {key: row[1:] for key, row in example.items() if key != ("native",)}
    assert (table.unknown, any(group.is_below for group in table.groups)) == (250, False)


def test_a_group_of_less_than_two_percent_has_a_rate_and_no_ratio_and_sets_none() -> None:
    table = compare_groups(tallies(a=(500, 250), b=(240, 100), c=(10, 10)), unknown=0)
    assert ratios(table) == {"a": Fraction(1), "b": Fraction(5, 6), "c": None}
    assert [(group.tally, group.is_small_share) for group in table.groups][2] == (Tally(10, 10), True)
    exactly = compare_groups(tallies(a=(490, 245), b=(10, 10)), unknown=1000)
    assert ratios(exactly) == {"a": Fraction(1, 2), "b": Fraction(1)}


@pytest.mark.parametrize(
    ("selected", "is_below"),
    # 12 of 100 against 15 of 100 are four fifths to the digit, though not in floating point.
    [(12, False), (11, True)],
)
def test_four_fifths_is_exact(selected: int, is_below: bool) -> None:
    table = compare_groups(tallies(a=(100, 15), b=(100, selected)), unknown=0)
    assert [group.is_below for group in table.groups] == [False, is_below]


def test_where_nobody_is_favoured_there_is_nothing_to_compare() -> None:
    table = compare_groups(tallies(a=(10, 0), b=(10, 0)), unknown=0)
    assert ratios(table) == {"a": None, "b": None}
    assert [group.is_below for group in table.groups] == [False, False]
    none = compare_groups(tallies(a=(10, 1), b=(10, 0)), unknown=0)
    assert (ratios(none), none.groups[1].is_below) == ({"a": Fraction(1), "b": Fraction(0)}, True)


@pytest.mark.parametrize(
    ("one", "other", "p"),
    [
        (Tally(4, 3), Tally(4, 1), Fraction(34, 70)),  # The lady tasting tea, Fisher 1935, two-sided.
        (Tally(4, 1), Tally(4, 3), Fraction(34, 70)),
        (Tally(8, 6), Tally(5, 1), Fraction(4, 39)),
        (Tally(10, 8), Tally(6, 1), Fraction(5, 143)),
        (Tally(10, 0), Tally(10, 10), Fraction(2, 184756)),
        (Tally(7, 7), Tally(9, 9), Fraction(1)),
    ],
)
def test_chance_is_fishers(one: Tally, other: Tally, p: Fraction) -> None:
    assert weigh_chance(one, other).p == p


@given(st.lists(st.integers(0, 40), min_size=4, max_size=4))
def test_chance_is_the_same_from_either_side_and_never_below_the_least(numbers: list[int]) -> None:
    a, b, c, d = numbers
    one, other = Tally(a + b, a), Tally(c + d, c)
    chance = weigh_chance(one, other)
    assert chance == weigh_chance(other, one)
    assert chance == weigh_chance(Tally(a + b, b), Tally(c + d, d))
    assert 0 < chance.least <= chance.p <= 1


def test_each_group_is_weighed_against_the_one_with_the_highest_rate() -> None:
    table = compare_groups(tallies(a=(60, 40), b=(60, 20), c=(60, 38), d=(6, 4)), unknown=0)
    told = [group.chance and (group.chance.is_unlikely, group.chance.cannot_tell) for group in table.groups]
    assert told == [None, (True, False), (False, False), None]


def test_of_too_few_people_nothing_is_said() -> None:
    few = compare_groups(tallies(a=(6, 6), b=(5, 4)), unknown=0).groups[1].chance
    assert few is not None
    assert (few.p, few.cannot_tell, few.is_unlikely) == (Fraction(5, 11), True, False)


def test_few_are_not_shown_and_stand_with_the_unknown() -> None:
    table = compare_groups(tallies(a=(20, 10), b=(10, 2), c=(4, 4), d=(0, 0)), unknown=3)
    assert [group.tally for group in table.groups] == [Tally(20, 10), Tally(10, 2), None, None]
    assert (table.people, table.unknown, table.is_mixed) == (37, 7, True)
    assert ratios(table) == {"a": Fraction(1), "b": Fraction(2, 5), "c": None, "d": None}


def test_the_unknown_are_told_exactly_where_that_tells_of_nobody() -> None:
    nobody = compare_groups(tallies(a=(20, 10), b=(10, 2), c=(0, 0)), unknown=3)
    many = compare_groups(tallies(a=(20, 10), b=(10, 2), c=(4, 4), d=(1, 0)), unknown=3)
    assert [(table.unknown, table.is_mixed) for table in (nobody, many)] == [(3, False), (3, False)]


@pytest.mark.parametrize("groups", [{}, {"a": (6, 3)}, {"a": (60, 3), "b": (4, 4)}])
def test_one_group_alone_is_not_shown(groups: dict[str, tuple[int, int]]) -> None:
    table = compare_groups(tallies(**groups), unknown=2)
    assert (table.groups, table.people) == ([], 2 + sum(people for people, _ in groups.values()))


def test_crossed_groups_are_compared_with_each_other() -> None:
    both: dict[Key, Tally] = {
        ("x", "f"): Tally(10, 5),
        ("x", "m"): Tally(10, 4),
        ("y", "f"): Tally(10, 2),
        ("y", "m"): Tally(10, 3),
    }
    margins = (tallies(x=(20, 9), y=(20, 5)), tallies(f=(20, 7), m=(20, 7)))
    table = compare_crossed(both, unknown=1, margins=margins)
    assert ratios(table) == {"x f": Fraction(1), "x m": Fraction(4, 5), "y f": Fraction(2, 5), "y m": Fraction(3, 5)}
    assert [group.is_below for group in table.groups] == [False, False, True, True]


def test_what_a_margin_would_give_away_is_not_shown_either() -> None:
    both: dict[Key, Tally] = {
        ("x", "f"): Tally(9, 5),
        ("x", "m"): Tally(3, 1),
        ("y", "f"): Tally(20, 2),
        ("y", "m"): Tally(30, 3),
    }
    margins = (tallies(x=(12, 6), y=(50, 5)), tallies(f=(29, 7), m=(33, 4)))
    # Of the 12 of x, 9 would leave 3; of the 33 of m, 30 would; so f of y is left, and compares with nothing.
    assert compare_crossed(both, unknown=0, margins=margins).groups == []
    # With one of x, and one of m, who did not say the rest, nobody can tell who the others are.
    margins = (tallies(x=(13, 6), y=(50, 5)), tallies(f=(29, 7), m=(34, 4)))
    assert shown(compare_crossed(both, unknown=2, margins=margins)) == {("x", "f"), ("y", "f"), ("y", "m")}


counts = st.integers(0, 12)


@given(st.lists(counts, min_size=6, max_size=6), st.lists(counts, min_size=5, max_size=5))
def test_no_small_group_can_be_worked_out(inner: list[int], unknown: list[int]) -> None:
    """`unknown` are those who named only one of the two kinds."""
    both: dict[Key, Tally] = {key: Tally(number) for key, number in zip(product("xyz", "fm"), inner, strict=True)}
    alone = dict(zip("xyzfm", unknown, strict=True))
    margins: list[dict[Key, Tally]] = [
        {
            (name,): Tally(alone[name] + sum(tally.people for key, tally in both.items() if key[place] == name))
            for name in names
        }
        for place, names in enumerate(("xyz", "fm"))
    ]
    table = compare_crossed(both, unknown=sum(unknown), margins=margins)
    for group in table.groups:
        assert group.tally is None or group.tally.people >= FEWEST
    for place, margin in enumerate(margins):
        for (name,), whole in margin.items():
            parts = [group.tally.people for group in table.groups if group.tally and group.key[place] == name]
            assert not parts or alone[name] or not 0 < whole.people - sum(parts) < FEWEST
    seen = sum(group.tally.people for group in table.groups if group.tally)
    if not table.is_mixed and table.groups:
        assert not 0 < table.people - table.unknown - seen < FEWEST
