"""Nobody's name or contact reaches the model, however it is written."""

import pytest

from interviews.domain.judging.masking import find_identity
from interviews.domain.judging.spans import Redacted


def mask(text: str, *, name: str = "José María O'Neill-García", email: str = "pepe.garcia@example.org") -> str:
    return Redacted(text, find_identity(text=text, name=name, email=email)).text


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("I am José María O'Neill-García.", "I am [name]."),
        ("My colleagues call me jose.", "My colleagues call me [name]."),
        ("MARÍA's idea, not Garcia’s.", "[name]'s idea, not [name]’s."),  # noqa: RUF001
        ("Jose\u0301 said so; “O’Neill” too.", "[name] said so; “[name]” too."),  # noqa: RUF001
        ("The Garcías and the joser stayed.", "The Garcías and the joser stayed."),
        ("Write to Pepe.Garcia@Example.org or +49 (0)30 123456-78.", "Write to [contact] or [contact]."),
        ("It is pepe garcia at example dot org, all small.", "It is pepe [contact], all small."),
        ("See https://example.org/me or linkedin.com/in/pepe, or @pepe_g.", "See [contact] or [contact] or [contact]."),
        ("Call 555 123 4567, or oh seven nine one two three four five six.", "Call [contact], or [contact]."),
        (
            "From 2019 - 2023 we grew from 1200 to 1500000 users.",
            "From 2019 - 2023 we grew from 1200 to 1500000 users.",
        ),
    ],
)
def test_what_names_somebody_is_hidden(said: str, shown: str) -> None:
    assert mask(said) == shown


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("I am Will, and I will do it. Will Young knows.", "I am [name], and I will do it. [name] knows."),
        ("when i was young, will young said no", "when i was young, [name] said no"),
    ],
)
def test_names_that_are_words_are_hidden_where_they_are_names(said: str, shown: str) -> None:
    assert mask(said, name="Will Young", email="w@example.org") == shown


def test_the_name_in_the_address_is_hidden_too() -> None:
    assert (
        mask("They call me zorro88 here.", name="Kim Lee", email="zorro88@example.org") == "They call me [name] here."
    )


def test_names_in_other_scripts_are_hidden() -> None:
    assert mask("मेरा नाम प्रिया शर्मा है।", name="प्रिया शर्मा", email="p@example.org") == "मेरा नाम [name] है।"


def test_the_way_back_leads_to_the_original() -> None:
    text = "With María I moved it."
    shown = Redacted(text, find_identity(text=text, name="María Sol", email="m@example.org"))
    start = shown.text.index("[name] I moved")
    assert text[slice(*shown.to_original(start, start + len("[name] I moved")))] == "María I moved"
