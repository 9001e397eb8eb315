"""Rates, impact ratios and the four-fifths rule: arithmetic on how many people of each group there are.

Somebody is *favoured* who was advanced, or whose score is above the median of the sample.

- rate = favoured of the group / all of the group. 6 RCNY 5-300: the "selection rate" and the "scoring rate".
- impact ratio = rate of the group / highest rate of a group (6 RCNY 5-300).
- Below four fifths: 29 CFR 1607.4(D) takes a rate "less than four-fifths (4/5) (or eighty percent) of the rate for the
  group with the highest rate" for evidence of adverse impact. The city's rule sets no such limit.
- Chance: how often two groups of these sizes, that fare alike, would differ by as much or more, by Fisher's exact test
  (R. A. Fisher, The Design of Experiments, 1935), two-sided: the tables no likelier than this one. Against the group
  with the highest rate. 29 CFR 1607.4(D) asks of a difference, large or small, whether it is statistically significant;
  below 5 % is what is usually taken for that.
- A group of less than 2 % of the data may be left out of the ratios; its number and its rate are given all the same
  (6 RCNY 5-301(d)).
- People of no known group are in no figure but their number (6 RCNY 5-301(b)(5) and (c)(5)).

Beside the law stands what candidates were promised: a group of fewer than FEWEST is not shown, and can't be worked out
by subtraction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import comb

FEWEST = 5
FOUR_FIFTHS = Fraction(4, 5)
SMALL_SHARE = Fraction(2, 100)
SIGNIFICANT = Fraction(5, 100)

#: What names a group: one category, such as ("female",), or one of each kind, such as ("female", "asian").
Key = tuple[str, ...]


@dataclass(frozen=True)
class Tally:
    people: int = 0
    favoured: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.people + other.people, self.favoured + other.favoured)

    @property
    def rate(self) -> Fraction:
        return Fraction(self.favoured, self.people)


@dataclass(frozen=True)
class Chance:
    """`p` is how often chance alone differs as much; `least` is `p` at the largest difference that there can be."""

    p: Fraction
    least: Fraction

    @property
    def is_unlikely(self) -> bool:
        return self.p < SIGNIFICANT

    @property
    def cannot_tell(self) -> bool:
        """Whether there are so few people that no outcome could have been told from chance."""
        return self.least >= SIGNIFICANT


@dataclass(frozen=True)
class Group:
    """One group's line. `tally` is None where it is not shown. `ratio` is None too where the group is too small a share
    to be compared, and where nobody at all is favoured. `chance` is there where the ratio is below 1."""

    key: Key
    tally: Tally | None = None
    ratio: Fraction | None = None
    is_small_share: bool = False
    chance: Chance | None = None

    @property
    def is_below(self) -> bool:
        return self.ratio is not None and self.ratio < FOUR_FIFTHS


@dataclass(frozen=True)
class Table:
    """`people` are all in the sample. `unknown` are those of no known group; where fewer than FEWEST stand in all the
    groups that are not shown, they are counted with the unknown, and `is_mixed` says so.

    Without two groups to compare there are no `groups` at all.
    """

    people: int
    unknown: int
    is_mixed: bool
    groups: list[Group]


def compare_groups(tallies: Mapping[Key, Tally], *, unknown: int, shown: set[Key] | None = None) -> Table:
    """A line for each group of `tallies`, in their order. `shown` are those that may be, if not all that are enough."""
    if shown is None:
        shown = {key for key, tally in tallies.items() if tally.people >= FEWEST}
    known = sum(tally.people for tally in tallies.values())
    hidden = known - sum(tallies[key].people for key in shown)
    is_mixed = 0 < hidden < FEWEST
    people, unknown = known + unknown, unknown + hidden if is_mixed else unknown
    if len(shown) < 2:
        return Table(people=people, unknown=unknown, is_mixed=is_mixed, groups=[])
    compared = {key for key in shown if Fraction(tallies[key].people, known) >= SMALL_SHARE}
    best = max((tallies[key] for key in compared), key=lambda tally: (tally.rate, tally.people), default=Tally(1))
    highest = best.rate
    groups = []
    for key, tally in tallies.items():
        if key not in shown:
            groups.append(Group(key=key))
            continue
        ratio = tally.rate / highest if key in compared and highest else None
        chance = weigh_chance(tally, best) if ratio is not None and ratio < 1 else None
        groups.append(Group(key=key, tally=tally, ratio=ratio, is_small_share=key not in compared, chance=chance))
    return Table(people=people, unknown=unknown, is_mixed=is_mixed, groups=groups)


def weigh_chance(one: Tally, other: Tally) -> Chance:
    """Fisher's exact test. `weights` are the ways to favour as many of both groups together, by how many of them are of
    the first group; whole numbers, so that equally likely ones are equal."""
    favoured = one.favoured + other.favoured
    fewest, most = max(0, favoured - other.people), min(favoured, one.people)
    weights = [comb(one.people, fewest) * comb(other.people, favoured - fewest)]
    for count in range(fewest, most):
        up = (one.people - count) * (favoured - count)
        down = (count + 1) * (other.people - favoured + count + 1)
        weights.append(weights[-1] * up // down)
    seen, rarest, every = weights[one.favoured - fewest], min(weights), sum(weights)
    return Chance(
        p=Fraction(sum(weight for weight in weights if weight <= seen), every),
        least=Fraction(sum(weight for weight in weights if weight <= rarest), every),
    )


def compare_crossed(tallies: Mapping[Key, Tally], *, unknown: int, margins: Sequence[Mapping[Key, Tally]]) -> Table:
    """The groups of two kinds at once. `margins` has the tallies of each kind alone, which are shown beside them.

    What is shown of a category alone, less what is shown of it here, must not be a small group, unless it may as well
    be people who named this kind only. Else the smallest group of the category here is not shown either.
    """
    shown = {key for key, tally in tallies.items() if tally.people >= FEWEST}
    while given_away := find_given_away(tallies, shown, margins):
        shown.remove(given_away)
    return compare_groups(tallies, unknown=unknown, shown=shown)


def find_given_away(
    tallies: Mapping[Key, Tally], shown: set[Key], margins: Sequence[Mapping[Key, Tally]]
) -> Key | None:
    """The group to take out of `shown` next; None when nothing is given away any more."""
    for place, margin in enumerate(margins):
        for (category,), whole in margin.items():
            inside = {key: tally.people for key, tally in tallies.items() if key[place] == category}
            parts = [key for key in inside if key in shown]
            rest = sum(people for key, people in inside.items() if key not in shown)
            if parts and 0 < rest < FEWEST and sum(inside.values()) == whole.people:
                return min(parts, key=lambda key: (inside[key], key))
    return None
