"""A recruiter invites many at once from a pasted list; nobody is sent a thing before each row has been looked at."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.demo import Demo
from tests.browser.people import Recruiter, until

SLUG = "harbour-light"
#: With headings that say nothing to a program.
FILE = """Who;Reach;Speaks;More
Ada Byron;ada@harbour.example;English;
Bo Lind;bo@harbour;English;
Cy Fox;cy@harbour.example;Elvish;
Di Marsh;di@harbour.example;en;50%
"""
#: More than are invited in one go.
CREW = [f"sailor{number}@regatta.example" for number in range(60)]
PASTED = "\n".join(["Noor Bakker <noor@regatta.example>", *CREW, "piet@regatta", "noor@regatta.example"])


@pytest.fixture
def desk(demo: Demo, recruiter: Recruiter) -> Page:
    demo.invite()
    recruiter.log_in(f"recruiter@{SLUG}.example")
    return recruiter.page


def hand_in(desk: Page, *, people: str) -> None:
    desk.goto(f"{desk.url.partition('/admin/')[0]}/admin/interviews/invitationbatch/add/")
    desk.locator("#id_interview").select_option(label="Software engineer")
    desk.locator("#id_people").fill(people)
    desk.get_by_role("button", name="Save", exact=True).click()


def hand_in_file(desk: Page, *, text: str) -> None:
    desk.goto(f"{desk.url.partition('/admin/')[0]}/admin/interviews/invitationbatch/add/")
    desk.locator("#id_interview").select_option(label="Software engineer")
    file = {"name": "spring.csv", "mimeType": "text/csv", "buffer": text.encode()}
    desk.locator("#id_file").set_input_files(file)  # type: ignore[arg-type]
    desk.get_by_role("button", name="Save", exact=True).click()


def map_columns(desk: Page, **columns: str) -> None:
    """Say which column holds what, by its heading, and have the rows looked at again."""
    for field, heading in columns.items():
        desk.locator(f"select[name={field}]").select_option(label=heading)
    desk.get_by_role("button", name="Check again").click()
    expect(desk.get_by_text("The rows are checked anew.")).to_be_visible()


def rows(desk: Page) -> Locator:
    return desk.get_by_role("region", name="Rows").locator("tbody tr")


def left_out(desk: Page) -> list[list[str]]:
    """Number, name, address and problem of each row that is left out."""
    desk.get_by_role("link", name="Left out").click()
    expect(desk.get_by_role("link", name="Left out")).to_have_attribute("aria-current", "true")
    found = [row.locator("td").all_inner_texts() for row in rows(desk).all()]
    return [[cell.strip().removeprefix("Left out ") for cell in row] for row in found]


def mails(demo: Demo, domain: str) -> list[tuple[str, str]]:
    """Recipient and status of each mail to this domain that invites somebody and holds the place for their link."""
    query = """
        SELECT recipient, status FROM interviews_outgoingemail
        WHERE kind = 'invitation' AND recipient LIKE %s AND text_body LIKE %s ORDER BY recipient
    """
    return demo.rows(SLUG, query, f"%@{domain}", "%[[link]]%")


def test_a_pasted_list_is_looked_through_sent_and_followed(demo: Demo, desk: Page) -> None:
    hand_in(desk, people=PASTED)
    expect(desk.get_by_text("Nothing is sent yet: 61 can be invited, 2 are left out.")).to_be_visible()
    assert left_out(desk) == [
        ["62", "Piet", "piet@regatta", "This is not an e-mail address."],
        ["63", "Noor", "noor@regatta.example", "The same address is in row 1."],
    ]
    assert mails(demo, "regatta.example") == []

    desk.get_by_role("button", name="Invite 61 people").click()
    bar = desk.get_by_role("progressbar", name="Progress")
    expect(bar).to_have_attribute("max", "61")
    # The page follows by itself.
    expect(desk.get_by_text("61 invited, 0 to go, 2 left out")).to_be_visible(timeout=60_000)
    expect(bar).to_have_attribute("value", "61")
    expected = [(address, "sent") for address in sorted([*CREW, "noor@regatta.example"])]
    assert until(lambda: (found := mails(demo, "regatta.example")) == expected and found, seconds=90) == expected


def test_a_file_is_mapped_looked_through_and_sent_once(demo: Demo, desk: Page) -> None:
    meant = {"name": "Who", "email": "Reach", "locale": "Speaks", "extra_time": "More"}
    hand_in_file(desk, text=FILE)
    map_columns(desk, **meant)
    expect(desk.get_by_text("Nothing is sent yet: 2 can be invited, 2 are left out.")).to_be_visible()
    assert left_out(desk) == [
        ["3", "Bo Lind", "bo@harbour", "This is not an e-mail address."],
        ["4", "Cy Fox", "cy@harbour.example", "The interview is not offered in “Elvish”."],
    ]
    assert mails(demo, "harbour.example") == []
    desk.get_by_role("button", name="Invite 2 people").click()
    expect(desk.get_by_text("2 invited, 0 to go, 2 left out")).to_be_visible(timeout=60_000)

    hand_in_file(desk, text=FILE)
    map_columns(desk, **meant)
    expect(desk.get_by_text("Nothing is sent yet: 0 can be invited, 4 are left out.")).to_be_visible()
    expect(desk.get_by_role("button", name="Invite")).to_have_count(0)
    assert [address for _number, _name, address, problem in left_out(desk) if "Already invited" in problem] == [
        "ada@harbour.example",
        "di@harbour.example",
    ]
    extra = """
        SELECT email, extra_time FROM interviews_invitation JOIN interviews_candidate AS who ON who.id = candidate_id
        WHERE email LIKE '%%@harbour.example' ORDER BY email
    """
    assert demo.rows(SLUG, extra) == [("ada@harbour.example", 1.0), ("di@harbour.example", 1.5)]
