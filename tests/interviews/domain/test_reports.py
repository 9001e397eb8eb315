"""The PDF report, read back: what it holds, in whose colours, in which scripts."""

import io

import pytest
from django.core.files.base import ContentFile
from PIL import Image
from pypdf import PdfReader

from interviews.domain import reports
from interviews.models import Answer, Interview, Result
from tenants.models import Brand, Tenant, User
from tenants.scope import tenant_scope
from tests.interviews.console.judged import finish, score
from tests.interviews.factories import InterviewFactory

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 10"><rect width="40" height="10" fill="#f00"/></svg>'
BAD_SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 1"><image href="http://10.0.0.1/x.png"/></svg>'


@pytest.fixture
def result(acme: Tenant) -> Result:
    with tenant_scope(acme):
        interview = InterviewFactory.create(title="Hafenlotse")
    return score(finish(acme, interview, name="Žofie Ñandú", decision="hold"), Delivery=4, Teamwork=None)


def write(result: Result, reader: User, **options: bool) -> PdfReader:
    with tenant_scope(result.tenant_id):
        return PdfReader(io.BytesIO(reports.write_report(result=result, reader=reader, **options)))


def text_of(pdf: PdfReader) -> str:
    return " ".join(" ".join(page.extract_text() for page in pdf.pages).split())


def test_it_has_summary_levels_quotes_and_answers(result: Result, recruiter: User) -> None:
    text = text_of(write(result, recruiter))
    for part in (
        "Žofie Ñandú",
        "Hafenlotse",
        "A careful engineer.",
        "Level 4 of 5.",
        "“Answer 1”",
        "Answer 2.",
        "Hold",
    ):
        assert part in text
    assert "No score. The model's quotes are not in the candidate's own words." in text
    assert "Transcript" not in text


def test_the_transcript_comes_when_asked_for(result: Result, recruiter: User) -> None:
    assert "Transcript Interviewer, " in text_of(write(result, recruiter, with_transcript=True))


def test_blind_it_leaves_the_judgement_out(result: Result, acme: Tenant, recruiter: User) -> None:
    with tenant_scope(acme):
        Interview.objects.update(blind_review=True)
        fresh = Result.objects.get(pk=result.pk)
    text = text_of(write(fresh, recruiter))
    assert ("Level 4" in text, "Decision" in text, "Left out: " in text, "Answer 2." in text) == (
        *(False, False),
        *(True, True),
    )


def test_it_is_in_the_companys_colours(result: Result, acme: Tenant, recruiter: User) -> None:
    with tenant_scope(acme):
        Brand.objects.update(primary_colour="#ff0000", display_name="Acme & Söhne")
    pdf = write(result, recruiter)
    assert "Acme & Söhne" in text_of(pdf)
    contents = pdf.pages[0].get_contents()
    assert contents is not None
    assert b"1 0 0 rg" in contents.get_data()


@pytest.mark.parametrize(("kind", "pictures"), [("png", 1), ("svg", 0), ("bad.svg", 0), ("broken.png", 0)])
def test_a_logo_is_drawn_and_one_that_can_not_be_is_left_out(
    result: Result, acme: Tenant, recruiter: User, kind: str, pictures: int
) -> None:
    png = io.BytesIO()
    Image.new("RGB", (40, 10), "red").save(png, "PNG")
    content = {"png": png.getvalue(), "svg": SVG, "bad.svg": BAD_SVG, "broken.png": b"none"}[kind]
    with tenant_scope(acme):
        Brand.objects.get().logo.save(f"logo.{kind}", ContentFile(content))
    pdf = write(result, recruiter)
    assert (len(pdf.pages[0].images), "Žofie" in text_of(pdf)) == (pictures, True)


def test_hostile_and_foreign_words_are_only_words(result: Result, acme: Tenant, recruiter: User) -> None:
    with tenant_scope(acme):
        Answer.objects.update(text="**not bold** <b>x</b> \x07\x0b Привет हिन्दी में उत्तर 漢字 " + "w" * 500)
    text = text_of(write(result, recruiter))
    assert ("**not bold** <b>x</b>" in text, "Привет" in text) == (True, True)
