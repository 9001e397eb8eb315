"""The people of the story, as they use their browsers."""

from collections.abc import Callable
from typing import Literal, TypeVar

from playwright.sync_api import Page, expect

expect.set_options(timeout=20_000)

Activity = Literal["listening", "hearing", "thinking", "speaking"]
T = TypeVar("T")

#: Loudest moment of the sound that arrives in the page's <audio>, over `milliseconds`.
LOUDNESS = """async (milliseconds) => {
  const context = new AudioContext();
  await context.resume();
  const source = context.createMediaStreamSource(document.getElementById("voice").srcObject);
  const analyser = context.createAnalyser();
  source.connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  let loudest = 0;
  const end = performance.now() + milliseconds;
  while (performance.now() < end) {
    analyser.getFloatTimeDomainData(samples);
    loudest = Math.max(loudest, Math.sqrt(samples.reduce((sum, one) => sum + one * one, 0) / samples.length));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await context.close();
  return loudest;
}"""


class Candidate:
    """Somebody with a link. Their microphone plays a recording over and over; they mute it while they listen."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def open(self, url: str) -> None:
        self.page.goto(url)

    def start(self, *, speaking: bool) -> None:
        """Through the lobby: the microphone checked or typing chosen, consent given, start pressed."""
        page = self.page
        if speaking:
            page.get_by_role("button", name="Check my microphone").click()
            expect(page.locator("#mic-live")).to_be_visible()
        else:
            page.locator("label.mode", has=page.locator("input[value=text]")).click()
        page.locator("#consent").check()
        page.locator("#start").click()
        if speaking:
            page.locator("#mute").click()

    def wait_until(self, activity: Activity, *, seconds: float = 40) -> None:
        expect(self.page.locator("#orb")).to_have_attribute("data-state", activity, timeout=seconds * 1000)

    def wait_for_question(self, number: int, *, of: int = 5, seconds: float = 60) -> None:
        """Until the question stands on the page and has been said to its end."""
        expect(self.page.locator("#question-number")).to_have_text(f"Question {number} of {of}", timeout=seconds * 1000)
        question = self.page.locator("#question-text").inner_text()
        expect(self.turns.filter(has_text=question).last).to_be_visible(timeout=seconds * 1000)
        self.wait_until("listening", seconds=seconds)

    def hear(self, *, milliseconds: int = 1500) -> float:
        """How loud the interviewer is, at the loudest, as root mean square of full scale."""
        loudness: float = self.page.evaluate(LOUDNESS, milliseconds)
        return loudness

    def say(self, text: str) -> None:
        """Unmute until what was said stands in the transcript. The sandbox was told before what that is."""
        self.page.locator("#mute").click()
        expect(self.turns.filter(has_text=text).last).to_be_visible(timeout=40_000)
        self.page.locator("#mute").click()

    def type(self, text: str) -> None:
        self.page.locator("#composer-text").fill(text)
        self.page.keyboard.press("Enter")
        expect(self.turns.filter(has_text=text).last).to_be_visible()

    @property
    def turns(self):  # type: ignore[no-untyped-def]
        return self.page.locator("#transcript li")


class Recruiter:
    """Whoever has an account: a member of a company, or platform staff."""

    def __init__(self, page: Page, *, base_url: str, password: str) -> None:
        self.page = page
        self.base_url = base_url
        self.password = password

    def log_in(self, email: str) -> None:
        self.page.goto(f"{self.base_url}/admin/")
        self.page.locator("#id_username").fill(email)
        self.page.locator("#id_password").fill(self.password)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(lambda url: "/login/" not in url)

    def watch(self, session_id: str) -> None:
        self.page.goto(f"{self.base_url}/admin/live/{session_id}/")

    def sees(self, text: str) -> None:
        expect(self.page.locator("[data-part=transcript]")).to_contain_text(text, timeout=30_000)


def until(look: Callable[[], T], *, seconds: float = 20) -> T:
    """The first true thing that `look` finds; the last thing when the time is over."""
    import time

    deadline = time.monotonic() + seconds
    while not (found := look()) and time.monotonic() < deadline:
        time.sleep(0.2)
    return found
