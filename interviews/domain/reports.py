"""One result as a PDF in the company's name, logo and colours, for people who have no log-in.

It is set in FiraGO, a free font for Latin, Greek, Cyrillic, Arabic, Hebrew, Thai and Devanagari; letters of other
scripts, such as Chinese, are missing. It has no photo, and nothing about how somebody sounded.
"""

import io
import logging
import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pymupdf_fonts
from django.utils import timezone
from fpdf import FPDF
from fpdf.enums import XPos, YPos

from interviews.domain.judgements import Reading, read_results
from interviews.domain.reviews import group_competencies
from interviews.domain.rubrics import rubric_of
from interviews.models import Invitation, Result, TranscriptTurn
from tenants.domain.audit import record
from tenants.models import Brand, User

FONTS = {"": "figo", "B": "figbo"}
INK, QUIET, LINE = (31, 41, 55), (95, 103, 117), (209, 213, 219)
DEVANAGARI = re.compile(r"[\u0900-\u097f]")
#: What a PDF's text can't hold.
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
#: An SVG that brings other pictures along is not drawn: they would be fetched.
FOREIGN = re.compile(rb"<([\w-]+:)?(image|foreignObject)\b|@import|url\(\s*['\"]?\s*(?!#)", re.IGNORECASE)
LOGO_WIDTH, LOGO_HEIGHT = 60.0, 14.0  # millimetres, at most

log = logging.getLogger(__name__)
logging.getLogger("fontTools").setLevel(logging.WARNING)  # It tells of every table of a font.


class Report(FPDF):
    """A4 with the company's band at the top and who, when and page at the foot."""

    def __init__(self, brand: Brand, foot: str, fonts: Path) -> None:
        super().__init__(format="A4")
        self.brand, self.foot = brand, foot
        for style, name in FONTS.items():
            file = fonts / f"{name}.ttf"
            file.write_bytes(pymupdf_fonts.myfont(name))
            self.add_font("text", style, file)
        self.set_margins(20, 24, 20)
        self.set_auto_page_break(True, margin=20)

    def header(self) -> None:
        self.set_fill_color(*rgb(self.brand.primary_colour))
        self.rect(0, 0, self.w, 5, style="F")
        self.set_fill_color(*rgb(self.brand.accent_colour))
        self.rect(0, 5, self.w, 1, style="F")
        self.set_y(14)

    def footer(self) -> None:
        self.set_y(-14)
        self.set_font("text", size=8)
        self.set_text_color(*QUIET)
        self.shape(self.foot)
        self.cell(self.epw - 25, 5, self.foot)
        self.cell(25, 5, f"{self.page_no()} / {{nb}}", align="R")

    def write_text(self, text: str, *, size: float = 10, bold: bool = False, quiet: bool = False) -> None:
        """Paragraphs, in the width that is left of the margin in force."""
        self.set_font("text", style="B" if bold else "", size=size)
        self.set_text_color(*(QUIET if quiet else INK))
        self.shape(text)
        self.multi_cell(0, size * 0.5, clean(text), new_x=XPos.LMARGIN, new_y=YPos.NEXT, align="L")

    def shape(self, text: str) -> None:
        """Devanagari must be named: a text that begins with Latin letters would be shaped as Latin to its end."""
        self.set_text_shaping(True, script="deva" if DEVANAGARI.search(text) else None)

    def write_heading(self, text: str) -> None:
        if self.will_page_break(30):
            self.add_page()
        self.ln(5)
        self.start_section(text)
        self.write_text(text, size=13, bold=True)
        self.set_draw_color(*rgb(self.brand.accent_colour))
        self.set_line_width(0.4)
        self.line(self.l_margin, self.get_y() + 1, self.w - self.r_margin, self.get_y() + 1)
        self.ln(3)

    def draw_level(self, level: int) -> None:
        """Five boxes, as many filled as the level is."""
        x, y = self.w - self.r_margin - 5 * 8, self.get_y() + 1
        for step in range(1, 6):
            self.set_fill_color(*(rgb(self.brand.primary_colour) if step <= level else LINE))
            self.rect(x + (step - 1) * 8, y, 7, 3, style="F")

    def draw_logo(self) -> None:
        """Before the company's name; the name alone does when the file can't be drawn."""
        content = read_logo(self.brand)
        if content is None:
            return
        try:
            _, _, size = self.preload_image(io.BytesIO(content))
            width = min(LOGO_WIDTH, LOGO_HEIGHT * float(str(size["w"])) / float(str(size["h"])))
            self.image(io.BytesIO(content), w=width, h=LOGO_HEIGHT, keep_aspect_ratio=True)
        except Exception as error:  # A stranger's picture: the decoders raise whatever they like.
            log.warning("The logo of %s can't be drawn in a report: %s", self.brand, error)
            return
        self.set_y(14 + LOGO_HEIGHT + 3)


def write_report(*, result: Result, reader: User, with_transcript: bool = False) -> bytes:
    """The PDF, with what the reader may know. The audit log says who took it away."""
    [reading] = read_results(results=[result], reader=reader)
    brand, invitation = Brand.objects.get(), result.invitation
    made = f"{timezone.localtime():%Y-%m-%d %H:%M}"
    record(actor=reader, verb="exported the report", target=result, details={"transcript": with_transcript})
    with TemporaryDirectory() as folder:
        page = Report(brand, clean(f"{brand.display_name} · {invitation.candidate.name} · {made}"), Path(folder))
        page.set_title(clean(f"{invitation.candidate.name}: {invitation.interview.title}"))
        page.set_author(clean(brand.display_name))
        page.set_lang(invitation.language or "en")
        page.add_page()
        write_top(page, reading)
        write_summary(page, result)
        write_judgement(page, reading)
        write_answers(page, invitation)
        if with_transcript:
            write_transcript(page, invitation)
        return bytes(page.output())


def write_top(page: Report, reading: Reading) -> None:
    result, invitation = reading.result, reading.result.invitation
    page.draw_logo()
    page.write_text(page.brand.display_name, size=10, quiet=True)
    page.ln(3)
    page.write_text(invitation.candidate.name, size=20, bold=True)
    page.write_text(invitation.interview.title, size=12)
    facts = [invitation.candidate.email]
    if invitation.completed_at:
        facts.append(f"interviewed {timezone.localtime(invitation.completed_at):%Y-%m-%d}")
    page.write_text(" · ".join(facts), size=9, quiet=True)
    if reading.decision:
        page.ln(3)
        page.write_text(f"Decision: {reading.decision_label}", size=11, bold=True)
        when = f", {timezone.localtime(result.decided_at):%Y-%m-%d}" if result.decided_at else ""
        page.write_text(f"by {result.decided_by}{when}. {result.decision_reason}", size=9, quiet=True)


def write_summary(page: Report, result: Result) -> None:
    page.write_heading("Summary")
    page.write_text("Written by the interviewer, an AI.", size=8.5, quiet=True)
    page.ln(1)
    page.write_text(result.summary or "There is no summary.")
    for point in result.points:
        page.write_text(f"• {point}")


def write_judgement(page: Report, reading: Reading) -> None:
    competencies = group_competencies(rubric_of(invitation=reading.result.invitation))
    page.write_heading("Competencies")
    if reading.hidden:
        page.write_text("Left out: whoever made this report still has to review the result blind.", quiet=True)
        return
    page.write_text("Levels from 1 to 5, suggested by a model; people decide.", size=8.5, quiet=True)
    for name in {one.name.casefold(): one.name for one in competencies} | {
        key: score.competency for key, score in reading.scores.items()
    }:
        write_competency(page, reading, name, competencies)
    for review in reading.reviews:
        page.ln(2)
        page.write_text(f"{review.reviewer_name} recommends: {review.get_decision_display()}", bold=True)
        page.write_text(" ".join(filter(None, (review.reason, review.comment))) or "Without a comment.")


def write_competency(page: Report, reading: Reading, key: str, competencies: list[Any]) -> None:
    score = reading.scores.get(key)
    name = score.competency if score else next(one.name for one in competencies if one.name.casefold() == key)
    if page.will_page_break(22):
        page.add_page()
    page.ln(2.5)
    if score and score.level:
        page.draw_level(score.level)
    page.write_text(name[:1].upper() + name[1:], size=10.5, bold=True)
    if score is None:
        page.write_text("Not scored.", quiet=True)
    elif score.level is None:
        page.write_text(f"No score. {score.get_withheld_display()}", quiet=True)
    else:
        page.write_text(f"Level {score.level} of 5. {score.reason}")
        for quote in score.quotes:
            page.set_left_margin(25)
            page.set_x(25)
            page.write_text(f"“{quote['text']}”", size=9.5, quiet=True)
            page.set_left_margin(20)
            page.set_x(20)
    people = [
        f"{review.reviewer_name}: {given.level}"
        for review in reading.reviews
        for given in review.scores.all()
        if given.competency.casefold() == key
    ]
    if people:
        page.write_text("Reviews: " + ", ".join(people), size=9, quiet=True)


def write_answers(page: Report, invitation: Invitation) -> None:
    page.write_heading("Answers")
    for answer in invitation.answers.order_by("position"):
        if page.will_page_break(18):
            page.add_page()
        page.write_text(f"{answer.position}. {answer.question_text}", bold=True)
        page.write_text(answer.text or "No answer.", quiet=not answer.text)
        page.ln(2)


def write_transcript(page: Report, invitation: Invitation) -> None:
    page.write_heading("Transcript")
    for turn in TranscriptTurn.objects.filter(session__invitation=invitation).order_by("session__number", "seq"):
        who = invitation.candidate.name if turn.role == "candidate" else "Interviewer"
        page.write_text(f"{who}, {timezone.localtime(turn.started_at):%H:%M:%S}", size=8.5, quiet=True)
        page.write_text(turn.text)
        page.ln(1.5)


def read_logo(brand: Brand) -> bytes | None:
    """The file, if there is one that a report can hold."""
    if not brand.logo.name:
        return None
    try:
        with brand.logo.open("rb") as file:
            content: bytes = file.read()
    except OSError as error:
        log.warning("The logo of %s can't be read: %s", brand, error)
        return None
    return None if brand.logo.name.lower().endswith(".svg") and FOREIGN.search(content) else content


def rgb(colour: str) -> tuple[int, int, int]:
    """Of #rrggbb."""
    red, green, blue = bytes.fromhex(colour[1:])
    return red, green, blue


def clean(text: str) -> str:
    return CONTROL.sub("", text)
