"""The two companies of the demo: different in name, logo, colours, voice and questions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from interviews.domain.banks import DEFAULT_BANK_NAME, DEFAULT_QUESTIONS, QuestionDraft
from tenants.enums import Role

_HERE = Path(__file__).parent


@dataclass(frozen=True, kw_only=True)
class DemoMember:
    email: str
    name: str
    role: Role


@dataclass(frozen=True, kw_only=True)
class DemoCompany:
    """`members` begins with the owner. The interview is offered in English and in the languages it is translated to."""

    slug: str
    name: str
    time_zone: str
    logo: Path
    primary_colour: str
    accent_colour: str
    interviewer_name: str
    welcome_text: str
    bank_name: str
    questions: tuple[QuestionDraft, ...]
    interview_title: str
    interview_intro: str
    interview_translations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    members: tuple[DemoMember, ...]
    candidate_name: str
    candidate_email: str


HARBOUR_LIGHT = DemoCompany(
    slug="harbour-light",
    name="Harbour Light Software",
    time_zone="Europe/Dublin",
    logo=_HERE / "harbour-light.svg",
    primary_colour="#1f4fd8",
    accent_colour="#b45309",
    interviewer_name="Vivi",
    welcome_text="We build software that ships find their way with. We look forward to hearing about you.",
    bank_name=DEFAULT_BANK_NAME,
    questions=DEFAULT_QUESTIONS,
    interview_title="Software engineer",
    interview_intro="Hello, and thank you for taking the time to talk with Harbour Light today.",
    members=(
        DemoMember(email="owner@harbour-light.example", name="Nora Quinn", role=Role.OWNER),
        DemoMember(email="recruiter@harbour-light.example", name="Sam Adeyemi", role=Role.RECRUITER),
        DemoMember(email="reviewer@harbour-light.example", name="Ines Castro", role=Role.REVIEWER),
        DemoMember(email="viewer@harbour-light.example", name="Tom Hale", role=Role.VIEWER),
    ),
    candidate_name="Alex Morgan",
    candidate_email="alex.morgan@candidates.example",
)

FERN_AND_FIELD = DemoCompany(
    slug="fern-and-field",
    name="Fern & Field Markets",
    time_zone="America/Chicago",
    logo=_HERE / "fern-and-field.svg",
    primary_colour="#166534",
    accent_colour="#9a3412",
    interviewer_name="Fernanda",
    welcome_text="Forty neighbourhood markets, one warehouse, and a lot of early mornings. Come as you are.",
    bank_name="Store and warehouse",
    questions=(
        QuestionDraft(
            text="What kind of shop or warehouse work have you done, and what did a usual day look like?",
            competency="experience",
            follow_up_guidance="Ask which tasks they did by themselves when the answer stays general.",
            translations={
                "de": "Welche Arbeit haben Sie schon in einem Laden oder Lager gemacht, und wie war ein üblicher Tag?",
                "es": "¿Qué trabajos ha hecho en una tienda o un almacén, y cómo era un día normal?",
            },
        ),
        QuestionDraft(
            text="A customer is upset because an item on offer has sold out. What do you say and do?",
            competency="customer care",
            follow_up_guidance="Ask what they would do if the customer stayed unhappy.",
            translations={
                "de": "Jemand ärgert sich, weil ein Angebot ausverkauft ist. Was sagen Sie, und was tun Sie?",
                "es": "Un cliente está molesto porque un producto en oferta se ha agotado. ¿Qué le dice y qué hace?",
            },
        ),
        QuestionDraft(
            text="A delivery arrives with two pallets missing, just before opening. How do you handle it?",
            competency="prioritising",
            follow_up_guidance="Ask whom they would tell, and when.",
            translations={
                "de": "Kurz vor der Öffnung kommt eine Lieferung, und zwei Paletten fehlen. Wie gehen Sie damit um?",
                "es": "Justo antes de abrir llega una entrega a la que le faltan dos palés. ¿Cómo lo resuelve?",
            },
        ),
        QuestionDraft(
            text="When have you noticed something unsafe at work, and what did you do about it?",
            competency="safety",
            translations={
                "de": "Wann ist Ihnen bei der Arbeit etwas Unsicheres aufgefallen, und was haben Sie getan?",
                "es": "¿Cuándo ha notado algo inseguro en el trabajo, y qué hizo al respecto?",
            },
        ),
        QuestionDraft(
            text="Which shifts suit you, and is there anything we should plan around?",
            competency="availability",
            max_follow_ups=0,
            time_limit=90,
            translations={
                "de": "Welche Schichten passen Ihnen, und gibt es etwas, worauf wir bei der Planung achten sollten?",
                "es": "¿Qué turnos le vienen bien, y hay algo que debamos tener en cuenta al planificar?",
            },
        ),
    ),
    interview_title="Store team member",
    interview_intro="Hi there, and welcome. It is good of you to make time for Fern and Field.",
    interview_translations={
        "de": {
            "title": "Team Markt und Lager",
            "intro": "Guten Tag und willkommen. Schön, dass Sie sich Zeit für Fern and Field nehmen.",
        },
        "es": {
            "title": "Equipo de tienda",
            "intro": "Hola, le damos la bienvenida. Gracias por dedicarle su tiempo a Fern and Field.",
        },
    },
    members=(DemoMember(email="owner@fern-and-field.example", name="Priya Raman", role=Role.OWNER),),
    candidate_name="Jordan Lee",
    candidate_email="jordan.lee@candidates.example",
)

COMPANIES = (HARBOUR_LIGHT, FERN_AND_FIELD)
