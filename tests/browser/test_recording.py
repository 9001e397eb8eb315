"""A recorded interview: both sides are really there, and staff can listen to them beside the transcript."""

import io
from collections.abc import Iterator

import av
import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser.demo import Demo
from tests.browser.people import Candidate, Recruiter, until

ANSWER = "I have led a kitchen of six people for four years, and I like teaching beginners most of all."


@pytest.fixture
def recorded(demo: Demo) -> Iterator[str]:
    """The slug of a company whose interviews are recorded for now."""
    # Candidates meet the published version.
    switch = (
        "UPDATE interviews_interviewversion"
        " SET snapshot = jsonb_set(snapshot, '{interview,record}', to_jsonb(%s::bool)) RETURNING id"
    )
    slug = str(demo.invite()[0]["slug"])
    demo.rows(slug, switch, True)
    yield slug
    demo.rows(slug, switch, False)


def loudness(mp3: bytes) -> list[float]:
    """The root mean square of the two channels, of full scale."""
    with av.open(io.BytesIO(mp3), "r", format="mp3") as file:
        samples = np.concatenate([frame.to_ndarray() for frame in file.decode(audio=0)], axis=1)
    left, right = np.sqrt((samples**2).mean(axis=1)).tolist()
    return [left, right]


def test_both_sides_are_recorded_and_played_beside_the_transcript(
    demo: Demo, recorded: str, candidate: Candidate, recruiter: Recruiter
) -> None:
    slug = recorded
    company = next(company for company in demo.invite() if company["slug"] == slug)
    candidate.open(company["candidate_url"])
    assert not candidate.page.locator("#record").is_checked()
    candidate.page.locator("#record").check()
    candidate.start(speaking=True)
    candidate.wait_for_question(1)
    demo.sandbox.hear(ANSWER)
    candidate.say(ANSWER)
    session_id = demo.live_session(slug)

    # While the interview runs, what was said is already here.
    chunks = "SELECT number FROM interviews_recordingchunk WHERE session_id = %s ORDER BY number"
    assert until(lambda: demo.rows(slug, chunks, session_id), seconds=90)[:1] == [(1,)]
    candidate.wait_for_question(2)
    candidate.page.close()

    ready = "SELECT 1 FROM interviews_recording WHERE session_id = %s AND state = 'ready'"
    # A bot that could not bring the last chunk in time leaves it to the sweep, minutes later.
    assert until(lambda: demo.rows(slug, ready, session_id), seconds=400)
    recruiter.log_in(company["admin_email"])
    page = recruiter.page
    page.goto(f"{recruiter.base_url}/admin/interviews/session/{session_id}/change/")
    answer = page.request.get(f"{recruiter.base_url}/admin/recordings/{session_id}")
    left, right = loudness(answer.body())
    assert (left > 0.005, right > 0.005) == (True, True)

    said = page.locator(".vv-turn--candidate", has_text=ANSWER)
    said.get_by_role("button").press("Enter")
    expect(said).to_have_attribute("aria-current", "true")
    start = float(said.get_attribute("data-start") or 0)
    assert page.locator("audio").evaluate("audio => audio.currentTime") >= start > 0
