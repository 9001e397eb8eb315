"""Topics that a job interview should not ask about, because law in many places forbids to decide by them.

A reader of words, not a lawyer: it warns, and never stands in the way. Protected grounds as in the EU's directives
2000/43, 2000/78 and 2006/54, the United States' Title VII, ADEA, ADA and GINA, and India's and Brazil's labour law.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

#: A letter of any of the languages: Hindi's vowel signs are none to `\w`.
LETTER = r"[\w\u0900-\u097f]"

#: language -> topic -> patterns, each looked for at the beginning of a word; `\b` where the word has to end.
TOPICS: dict[str, dict[str, tuple[str, ...]]] = {
    "en": {
        "age": (r"how old", r"your age\b", r"date of birth", r"birth ?date", r"birthday", r"born\b", r"retire"),
        "family": (
            r"children\b",
            r"kids\b",
            r"child ?care",
            r"start(ing)? a family",
            r"your (family|parents)\b",
            r"family (plan|situation)",
            r"family\?",
        ),
        "marital status": (
            r"married",
            r"marital",
            r"spouse",
            r"husband",
            r"wife\b",
            r"divorced",
            r"single\?",
            r"fianc",
            r"maiden name",
        ),
        "pregnancy": (r"pregnan", r"maternity", r"expecting a (child|baby)", r"a baby\b", r"paternity leave"),
        "health": (
            r"your health",
            r"illness",
            r"sick ?(days|leave)",
            r"disease",
            r"medication",
            r"medical (condition|history|leave)",
            r"therapy",
            r"mental health",
            r"hiv\b",
            r"do you smoke",
            r"do you weigh",
            r"your (height|weight)\b",
        ),
        "disability": (r"disab", r"handicap", r"wheelchair", r"impairment"),
        "religion": (r"religio", r"church", r"mosque", r"synagogue", r"pray\b", r"believe in god", r"your faith"),
        "origin": (
            r"where are you (really |originally )?from",
            r"nationality",
            r"ethnic",
            r"your race\b",
            r"native country",
            r"immigra",
            r"your accent",
            r"mother tongue",
            r"native (language|speaker)",
            r"country of birth",
            r"skin colou?r",
        ),
        "sexual orientation": (
            r"sexual",
            r"gay\b",
            r"lesbian",
            r"homosexual",
            r"heterosexual",
            r"transgender",
            r"gender identity",
        ),
        "politics": (r"political", r"vote for", r"voted\b", r"political party", r"which party"),
        "union": (r"trade union", r"labou?r union", r"union member", r"works council", r"unioni[sz]"),
        "finances and record": (r"arrest", r"bankrupt", r"your debts?\b", r"credit score"),
    },
    "de": {
        "age": (r"wie alt", r"ihr alter\b", r"geburtsdatum", r"geburtstag", r"geboren", r"rente\b", r"ruhestand"),
        "family": (r"kinder(?!garten)", r"kinderwunsch", r"familienplanung", r"familiäre", r"ihre (familie|eltern)\b"),
        "marital status": (
            r"verheiratet",
            r"familienstand",
            r"ehemann",
            r"ehefrau",
            r"ehepartner",
            r"geschieden",
            r"verlobt",
            r"ledig\b",
            r"geburtsname",
        ),
        "pregnancy": (r"schwanger", r"mutterschutz", r"elternzeit"),
        "health": (
            r"gesundheit",
            r"krank(?!enhaus|enpfleg|enkasse)",
            r"medikament",
            r"therapie",
            r"hiv\b",
            r"rauchen sie",
            r"ihr gewicht",
        ),
        "disability": (r"behinder", r"schwerbehindert", r"rollstuhl"),
        "religion": (r"religi", r"konfession", r"kirche", r"moschee", r"glauben sie an", r"beten\b"),
        "origin": (
            r"woher kommen sie",
            r"herkunft",
            r"staatsangehörigkeit",
            r"nationalität",
            r"muttersprache",
            r"migrationshintergrund",
            r"hautfarbe",
            r"ethni",
        ),
        "sexual orientation": (r"sexuell", r"schwul", r"lesbisch", r"homosexuell", r"geschlechtsidentität"),
        "politics": (r"politisch", r"welche[rn]? partei", r"parteimitglied", r"wählen sie\b"),
        "union": (r"gewerkschaft", r"betriebsrat"),
        "finances and record": (r"vorstrafe", r"vorbestraft", r"schulden"),
    },
    "fr": {
        "age": (r"quel âge", r"votre âge", r"date de naissance", r"êtes-vous né", r"né\(?e?\)? en", r"retraite\b"),
        "family": (r"enfants?\b", r"garde d.enfant", r"fonder une famille", r"situation familiale", r"vos parents"),
        "marital status": (
            r"marié",
            r"conjoint",
            r"époux",
            r"épouse",
            r"votre (mari|femme)\b",
            r"divorcé",
            r"célibataire",
            r"fiancé",
            r"pacsé",
        ),
        "pregnancy": (r"enceinte", r"grossesse", r"congé (de )?(maternité|paternité|parental)"),
        "health": (
            r"votre santé",
            r"état de santé",
            r"maladie",
            r"malade",
            r"médicament",
            r"arrêts? (de travail|maladie)",
            r"vih\b",
            r"fumez",
            r"votre poids",
        ),
        "disability": (r"handicap", r"invalidité", r"fauteuil roulant"),
        "religion": (r"religi", r"église", r"mosquée", r"croyant", r"priez"),
        "origin": (
            r"d.où venez",
            r"votre origine",
            r"vos origines",
            r"pays d.origine",
            r"nationalité",
            r"langue maternelle",
            r"ethni",
            r"immigr",
            r"couleur de peau",
        ),
        "sexual orientation": (r"sexuel", r"homosexuel", r"gay\b", r"lesbienne", r"identité de genre"),
        "politics": (r"opinions? politiques?", r"politiquement", r"parti politique", r"votez", r"voté"),
        "union": (r"syndica", r"syndiqu"),
        "finances and record": (r"casier judiciaire", r"dettes"),
    },
    "es": {
        "age": (
            r"qué edad",
            r"su edad\b",
            r"tu edad\b",
            r"cuántos años tien",
            r"fecha de nacimiento",
            r"nació",
            r"jubila",
        ),
        "family": (
            r"hijos?\b",
            r"hijas?\b",
            r"niños\b",
            r"formar una familia",
            r"situación familiar",
            r"(su|tu) familia\b",
            r"(sus|tus) padres",
        ),
        "marital status": (r"casad", r"estado civil", r"espos[oa]", r"marido", r"cónyuge", r"divorciad", r"solter[oa]"),
        "pregnancy": (r"embaraz", r"maternidad", r"paternidad"),
        "health": (
            r"(su|tu) salud",
            r"estado de salud",
            r"enferm(os?|as?|edad(es)?)\b",
            r"medicament",
            r"medicación",
            r"vih\b",
            r"fuma",
            r"su peso\b",
        ),
        "disability": (r"discapaci", r"minusval", r"silla de ruedas"),
        "religion": (r"religi", r"iglesia", r"mezquita", r"cree en dios", r"reza"),
        "origin": (
            r"de dónde (es|eres|viene)",
            r"nacionalidad",
            r"(su|tu) origen\b",
            r"país de origen",
            r"lengua materna",
            r"etnia",
            r"étnic",
            r"raza\b",
            r"inmigra",
            r"color de piel",
        ),
        "sexual orientation": (r"sexual", r"homosexual", r"gay\b", r"lesbiana", r"identidad de género"),
        "politics": (r"polític[oa]s?\b", r"qué partido", r"partido político", r"votó", r"vota\b", r"por quién vot"),
        "union": (r"sindica",),
        "finances and record": (r"antecedentes penales", r"deudas"),
    },
    "pt": {
        "age": (
            r"quantos anos (você )?tem",
            r"qual (é )?a sua idade",
            r"sua idade",
            r"data de nascimento",
            r"nasceu",
            r"aposenta",
        ),
        "family": (
            r"filhos?\b",
            r"filhas?\b",
            r"crianças",
            r"constituir família",
            r"situação familiar",
            r"sua família\b",
            r"seus pais\b",
        ),
        "marital status": (
            r"casad[oa]",
            r"estado civil",
            r"espos[oa]",
            r"marido",
            r"cônjuge",
            r"divorciad",
            r"solteir",
        ),
        "pregnancy": (r"grávida", r"gravidez", r"engravidar", r"maternidade", r"paternidade"),
        "health": (
            r"sua saúde",
            r"estado de saúde",
            r"doença",
            r"doente",
            r"medicament",
            r"hiv\b",
            r"fuma\b",
            r"seu peso\b",
        ),
        "disability": (r"deficiência", r"deficiente", r"cadeira de rodas"),
        "religion": (r"religi", r"igreja", r"mesquita", r"acredita em deus", r"sua fé\b"),
        "origin": (
            r"de onde você (é|vem)",
            r"nacionalidade",
            r"sua origem\b",
            r"país de origem",
            r"língua materna",
            r"etnia",
            r"étnic",
            r"raça\b",
            r"imigra",
            r"cor da pele",
        ),
        "sexual orientation": (r"sexual", r"homossexual", r"gay\b", r"lésbica", r"identidade de gênero"),
        "politics": (r"polític[oa]s?\b", r"qual partido", r"partido político", r"votou", r"vota\b"),
        "union": (r"sindica",),
        "finances and record": (r"antecedentes criminais", r"dívidas"),
    },
    "hi": {
        "age": (r"उम्र", r"आयु", r"जन्म ?तिथि", r"जन्मदिन", r"सेवानिवृत्त"),
        "family": (r"बच्चे", r"बच्चों", r"परिवार", r"माता-पिता"),
        "marital status": (r"विवाह", r"शादी", r"शादीशुदा", r"पति\b", r"पत्नी", r"तलाक"),
        "pregnancy": (r"गर्भ", r"मातृत्व"),
        "health": (r"स्वास्थ्य", r"बीमार", r"दवा", r"एचआईवी"),
        "disability": (r"विकलांग", r"दिव्यांग", r"व्हीलचेयर"),
        "religion": (r"धर्म", r"धार्मिक", r"मंदिर", r"मस्जिद", r"चर्च", r"पूजा"),
        "origin": (r"जाति", r"राष्ट्रीयता", r"मूल निवास", r"मातृभाषा", r"नस्ल", r"कहाँ से हैं"),
        "sexual orientation": (r"यौन", r"समलैंगिक"),
        "politics": (r"राजनीति", r"मतदान", r"वोट", r"राजनीतिक दल"),
        "union": (r"ट्रेड यूनियन", r"मज़?दूर संघ", r"श्रमिक संघ"),
        "finances and record": (r"गिरफ़?्तार", r"कर्ज"),
    },
}


@dataclass(frozen=True)
class Concern:
    """`words` are those of the question that gave it away."""

    topic: str
    words: str

    def __str__(self) -> str:
        return f"“{self.words}” may ask about {self.topic}. In many places that must not decide who is hired."


@cache
def patterns_of(language: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    topics = TOPICS.get(language.split("-")[0].lower(), {})
    return tuple((topic, compile_patterns(patterns)) for topic, patterns in topics.items())


def compile_patterns(patterns: tuple[str, ...]) -> re.Pattern[str]:
    either = "|".join(patterns).replace(r"\b", f"(?!{LETTER})")
    return re.compile(f"(?<!{LETTER})(?:{either}){LETTER}*", re.IGNORECASE)


def find_unlawful_topics(*, text: str, language: str) -> list[Concern]:
    """One warning a topic; none for a language that is not known here."""
    found = ((topic, pattern.search(text)) for topic, pattern in patterns_of(language))
    return [Concern(topic=topic, words=match[0]) for topic, match in found if match]
