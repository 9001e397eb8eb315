"""Who is counted, in which months, and by what."""

from datetime import UTC, date, datetime
from fractions import Fraction

import pytest
from django.utils import timezone

from interviews.domain import adverse_impact
from interviews.domain.adverse_impact import Measure, Period, choose_period, interviews_that_ask, list_batches, report
from interviews.domain.impact_ratios import Table, Tally
from interviews.models import Interview, ScoreSet
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.interviews.counted import add_people, make_asking
from tests.interviews.factories import InterviewFactory

pytestmark = pytest.mark.django_db

JANUARY, FEBRUARY, APRIL = (datetime(2026, month, 15, tzinfo=UTC) for month in (1, 2, 4))
QUARTER = Period(first=date(2026, 1, 1), end=date(2026, 4, 1))


@pytest.fixture(autouse=True)
def in_april(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adverse_impact, "this_month", lambda: date(2026, 4, 1))


@pytest.fixture
def asking(in_acme: Tenant) -> Interview:
    return make_asking()


def counted(table: Table) -> dict[tuple[str, ...], tuple[int, int]]:
    return {group.key: (group.tally.people, group.tally.favoured) for group in table.groups if group.tally}


def decisions() -> Measure:
    return report(interviews=interviews_that_ask(), period=QUARTER).decisions


def months() -> list[tuple[int, int]]:
    """(first, last) month of each batch."""
    return [(batch.first.month, batch.last_month.month) for batch in list_batches(interviews=interviews_that_ask())]


def test_decisions_are_counted_by_sex_race_and_both(asking: Interview) -> None:
    add_people(asking, 6, "female", "asian", decision="advance")
    add_people(asking, 4, "female", "asian", decision="reject")
    add_people(asking, 2, "female", "white", decision="hold")
    add_people(asking, 1, "female", "declined", decision="reject")
    add_people(asking, 9, "male", "white", decision="advance")
    add_people(asking, 1, "male", "white", decision="reject")
    add_people(asking, 3, "declined", "white", decision="advance")
    add_people(asking, 2, decision="advance")
    found = decisions()
    assert counted(found.sexes) == {("female",): (13, 6), ("male",): (10, 9)}
    assert counted(found.races) == {("white",): (15, 12), ("asian",): (10, 6)}
    assert counted(found.both) == {("white", "male"): (10, 9), ("asian", "female"): (10, 6)}
    assert [table.people for table in (found.sexes, found.races, found.both)] == [28, 28, 28]
    assert (found.sexes.unknown, found.sexes.is_mixed, found.races.unknown) == (5, False, 3)
    # The two white women stand with the six of whom the sex, the race or both are not known.
    assert (found.both.unknown, found.both.is_mixed) == (8, True)
    ratios = {group.key[0]: group.ratio for group in found.sexes.groups if group.tally}
    assert (ratios, [group.is_below for group in found.sexes.groups]) == (
        {"female": Fraction(20, 39), "male": Fraction(1)},
        [True, False, False],
    )


def test_who_is_not_decided_on_or_rehearses_or_was_decided_on_at_another_time_is_not_counted(asking: Interview) -> None:
    add_people(asking, 5, "female", decision="advance")
    add_people(asking, 5, "male", decision="reject")
    add_people(asking, 5, "female")
    add_people(asking, 5, "female", decision="advance", rehearsal=True)
    add_people(asking, 5, "female", decision="advance", at=APRIL)
    add_people(InterviewFactory.create(), 5, "female", decision="advance")
    assert counted(decisions().sexes) == {("female",): (5, 5), ("male",): (5, 0)}


def test_scores_are_compared_with_the_median_of_all(asking: Interview) -> None:
    """Means 4, 3 1/3, 3 1/3 and 2, ten, four, one and five times: the median of the 20 is (4 + 3 1/3) / 2."""
    add_people(asking, 5, "female", levels=(5, 4, 3))
    add_people(asking, 5, "male", levels=(4,))
    add_people(asking, 4, "male", levels=(4, 3, 3))
    add_people(asking, 1, levels=(2, 2, 4, 4, 4, 4))
    add_people(asking, 5, "female", levels=(2, 2))
    found = report(interviews=interviews_that_ask(), period=QUARTER)
    assert found.median == pytest.approx(11 / 3)
    assert counted(found.scores.sexes) == {("female",): (10, 5), ("male",): (9, 5)}
    assert found.scores.sexes.groups[0].ratio == Fraction(9, 10)
    assert found.decisions.sexes.people == 0


def test_nobody_is_above_a_median_that_all_share(asking: Interview) -> None:
    add_people(asking, 5, "female", levels=(4, 3, 3))
    add_people(asking, 5, "male", levels=(3, 3, 4))
    assert counted(report(interviews=interviews_that_ask(), period=QUARTER).scores.sexes) == {
        ("female",): (5, 0),
        ("male",): (5, 0),
    }


def test_an_old_scoring_does_not_count(asking: Interview) -> None:
    add_people(asking, 5, "female", levels=(4,))
    ScoreSet.objects.update(is_current=False)
    found = report(interviews=interviews_that_ask(), period=QUARTER)
    assert (found.scores.sexes.people, found.median) == (0, None)


def test_months_come_in_batches_of_ten_who_answered(asking: Interview) -> None:
    add_people(asking, 10, "female", decision="advance", at=JANUARY)
    add_people(asking, 9, race="white", decision="reject", at=FEBRUARY)
    add_people(asking, 40, decision="reject", at=FEBRUARY)
    assert months() == [(1, 1)]
    add_people(asking, 1, "male", decision="reject")
    assert months() == [(1, 1), (2, 3)]
    add_people(asking, 3, "male", "declined", levels=(3,))
    assert months() == [(1, 1)]
    add_people(asking, 7, "male", levels=(3,))
    assert months() == [(1, 1), (2, 3)]


def test_the_present_month_is_not_over(asking: Interview) -> None:
    add_people(asking, 20, "female", decision="advance", at=APRIL)
    assert months() == []


def test_a_month_is_the_companys(asking: Interview) -> None:
    """The last of January in London is the first of February in Tokyo."""
    add_people(asking, 10, "female", decision="advance", at=datetime(2026, 1, 31, 20, tzinfo=UTC))
    assert months() == [(1, 1)]
    with timezone.override("Asia/Tokyo"):
        assert months() == [(2, 2)]


def test_a_choice_is_of_whole_batches() -> None:
    year = [Period(date(2025, month, 1), date(2025, month + 1, 1)) for month in (1, 2, 5)]
    batches = [*year, QUARTER]

    def chosen(first: date | None = None, last: date | None = None) -> tuple[date, date]:
        period = choose_period(batches, first=first, last_month=last)
        assert period is not None
        return period.first, period.end

    assert chosen() == (date(2025, 5, 1), QUARTER.end)
    assert chosen(date(2025, 2, 1), date(2025, 5, 1)) == (date(2025, 2, 1), date(2025, 6, 1))
    assert chosen(date(2025, 3, 1), date(2026, 2, 1)) == chosen()
    assert chosen(date(2026, 1, 1), date(2025, 1, 1)) == (QUARTER.first, QUARTER.end)
    assert choose_period([], first=None, last_month=None) is None


def test_another_companys_people_are_not_counted(acme: Tenant, globex: Tenant) -> None:
    for tenant, decision in ((acme, "advance"), (globex, "reject")):
        with tenant_scope(tenant):
            interview = make_asking()
            add_people(interview, 5, "female", decision=decision)
            add_people(interview, 5, "male", decision=decision)
    with tenant_scope(acme):
        assert counted(decisions().sexes) == {("female",): (5, 5), ("male",): (5, 5)}


def test_people_interviewed_before_it_asked_are_of_no_known_group(asking: Interview) -> None:
    add_people(asking, 5, "female", decision="advance")
    add_people(asking, 5, "male", decision="advance")
    add_people(asking, 30, decision="reject")
    found = decisions().sexes
    assert (found.people, found.unknown, counted(found)[("female",)]) == (40, 30, (5, 5))


def test_a_tally_adds_up() -> None:
    assert (Tally(3, 1) + Tally(2, 2), Tally(4, 1).rate) == (Tally(5, 3), Fraction(1, 4))
