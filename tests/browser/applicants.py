"""Somebody whom Harbour Light Software interviewed: what she answered, and how a model judged it."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Given:
    """An answer, and what a model makes of it: a level from 1 to 5, the words that show it, and why."""

    text: str
    level: int | None
    quote: str
    reason: str


@dataclass(frozen=True)
class Opinion:
    """A review by the member of this role. `levels` are given where they are not the model's, and then for `reason`."""

    role: str
    decision: str
    comment: str
    levels: tuple[tuple[str, int], ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class Applicant:
    """Somebody who answered all five of the general questions, in their order. `decision` is (what, why)."""

    name: str
    email: str
    days_ago: int
    answers: tuple[Given, ...]
    summary: str
    points: tuple[str, ...]
    opinions: tuple[Opinion, ...] = ()
    comment: str = ""
    decision: tuple[str, str] = ("", "")


HANNAH = Applicant(
    name="Hannah Sørensen",
    email="hannah.sorensen@candidates.example",
    days_ago=1,
    answers=(
        Given(
            "I am a software tester who learnt to program. For two years I have written the tests of a ferry "
            "company's booking system, and last spring I took over a part of the system itself.",
            4,
            "last spring I took over a part of the system itself",
            "Shows how her work has grown, with times.",
        ),
        Given(
            "I ask the question that sounds stupid. In a meeting about refunds I asked who reads the letters, and it "
            "turned out that nobody had for a year.",
            4,
            "I asked who reads the letters, and it turned out that nobody had for a year",
            "One situation that shows the strength.",
        ),
        Given(
            "Bookings vanished on the night the clocks changed. It was hard because it happens once a year. I set the "
            "clock of a copy to that night and watched, and saw two o'clock come twice.",
            4,
            "I set the clock of a copy to that night and watched",
            "Reproduces a rare fault; says less about how it was repaired.",
        ),
        Given(
            "I sat with the people at the ticket counter every Friday, and brought what they told me to the "
            "developers. As a result we changed the order of three fields, and the queue became shorter.",
            5,
            "we changed the order of three fields, and the queue became shorter",
            "Connects two groups and names what came of it.",
        ),
        Given(
            "You say that reviewers look at the code together once a week. That is how I learnt what I know.",
            4,
            "That is how I learnt what I know",
            "Refers to how the company works, and why it matters to her.",
        ),
    ),
    summary="Hannah came to programming by testing, at a ferry company. She reproduces rare faults, and carries what "
    "the people at the counter say to those who write the software.",
    points=(
        "From testing to programming in two years",
        "Asks what others do not ask",
        "Brings users and developers together",
    ),
)

TOMAS = Applicant(
    name="Tomás Reyes",
    email="tomas.reyes@candidates.example",
    days_ago=3,
    answers=(
        Given(
            "I have written the back end of a booking page for four years. Before that I repaired radios on boats.",
            4,
            "I have written the back end of a booking page for four years",
            "Names the work and how long.",
        ),
        Given(
            "I would say that I am good at most things one has to be good at.",
            2,
            "I am good at most things one has to be good at",
            "A claim without a situation.",
        ),
        Given(
            "A report took an hour. I measured each query, found one that ran a thousand times, and wrote it as one.",
            5,
            "I measured each query, found one that ran a thousand times",
            "Measures first, and names the cause.",
        ),
        Given("We had a good team. I usually did what was agreed.", None, "", "Nothing of what he himself did."),
        Given(
            "I grew up by the sea, and the software I use on board is bad. I would like to mend that.",
            4,
            "the software I use on board is bad. I would like to mend that",
            "A reason of his own that fits the company.",
        ),
    ),
    summary="Tomás has kept a booking page running for four years. He measures before he changes; of himself and of "
    "working with others he says little.",
    points=("Four years of back end", "Made an hour's report quick", "Says little of his part in a team"),
    opinions=(Opinion("recruiter", "hold", "Strong on problems, thin on teams."),),
)

APPLICANTS = (
    replace(
        HANNAH,
        opinions=(
            Opinion("recruiter", "advance", "She asks what nobody else asks."),
            Opinion("reviewer", "advance", "Strong on teams."),
        ),
        comment="Has two other offers, so let us be quick.",
        decision=("advance", "Both reviews agree."),
    ),
    TOMAS,
)
