from __future__ import annotations

import pytest

from botrunner.follow_up import word_follow_up
from tests.botrunner.plans import make_question

GUIDANCE = "Look for a migration they led themselves without downtime, and who took the decision."

ORDINARY = {
    "en": [
        "Which ones?",
        "Also Kubernetes?",
        "How did you do that?",
        "What was the hardest part of it for you?",
        "Could you tell me more about that, with an example?",
        "You said that 2 of 3 servers failed: how did you notice?",
        "Was there 24/7 support, and who was on call?",
        "When you failed at first, what did you learn from it?",
        "How did you build the rubric that your students were graded by?",
        "When you passed the AWS exam, how had you prepared?",
        "What instructions did you give your team?",
        "If I asked your colleagues, what would they say about it?",
        "How did you find the race condition?",
        "How do you make sure that pregnant patients get the right dose?",
    ],
    "es": [
        "¿Cuáles?",
        "¿Y con Kubernetes?",
        "¿Podría darme un ejemplo de eso?",
        "¿Qué hizo usted exactamente?",
        "¿Cuál fue la parte más difícil para usted?",
        "¿Por qué decidió dejar ese proyecto?",
        "¿Cómo reaccionó su equipo cuando fallaron 2 de 3 servidores?",
        "¿Cuántas personas trabajaban con usted?",
        "¿Qué instrucciones dio a su equipo?",
        "¿Cómo ponía las notas a sus alumnos?",
    ],
    "fr": [
        "Lesquelles ?",
        "Et Kubernetes ?",
        "Pourriez-vous me donner un exemple ?",
        "Qu'avez-vous fait exactement ?",
        "Quelle a été la partie la plus difficile pour vous ?",
        "Pourquoi avez-vous quitté ce projet ?",
        "Comment l'équipe a-t-elle réagi quand 2 serveurs sur 3 sont tombés ?",
        "Combien de personnes travaillaient avec vous ?",
        "Quelles consignes avez-vous données à votre équipe ?",
        "Comment avez-vous réussi à réduire les coûts ?",
    ],
    "de": [
        "Welche?",
        "Auch Kubernetes?",
        "Könnten Sie mir dafür ein Beispiel geben?",
        "Was genau haben Sie dabei gemacht?",
        "Was war für Sie am schwierigsten?",
        "Warum haben Sie sich gegen den Umstieg entschieden?",
        "Wie hat das Team reagiert, als 2 von 3 Servern ausgefallen sind?",
        "Was empfehlen Sie einem Team, das vor derselben Frage steht?",
        "Wie haben Sie die Prüfung bestanden?",
        "Welche Anweisungen haben Sie Ihrem Team gegeben?",
    ],
    "pt": [
        "Quais?",
        "E o Kubernetes?",
        "Você poderia dar um exemplo disso?",
        "O que exatamente você fez?",
        "Qual foi a parte mais difícil para você?",
        "Por que você decidiu deixar esse projeto?",
        "Como a equipe reagiu quando 2 de 3 servidores falharam?",
        "Quantas pessoas trabalhavam com você?",
        "Como você passou por essa mudança?",
        "Que instruções você deu à sua equipe?",
    ],
    "hi": [
        "कौन से?",
        "और Kubernetes?",
        "आपने इसमें क्या किया?",
        "क्या आप इसका एक उदाहरण दे सकते हैं?",
        "आपके लिए सबसे कठिन हिस्सा क्या था?",
        "आपने Kubernetes और Terraform का इस्तेमाल कैसे किया?",
        "जब 3 में से 2 सर्वर बंद हुए, तब टीम ने क्या किया?",
        "आपके साथ कितने लोग काम करते थे?",
        "आपने अपनी टीम को क्या निर्देश दिए?",
        "आपने वह परियोजना क्यों छोड़ी?",
    ],
    "pl": ["Co dokładnie zrobiłeś?", "A dlaczego?"],
}

#: Rubric or prompt, score, verdict, what no employer may ask, another role, another language; and some more of them.
BAD = {
    "en": [
        "Shall I read you the rubric?",
        "Do you want to see my instructions?",
        "Are you happy with 5/5?",
        "Is a score of 4 out of 5 fine?",
        "Shall I give you full marks?",
        "Did you know that you passed?",
        "That was an excellent answer, was it not?",
        "Are you ready to hear that you should be hired?",
        "How old are you?",
        "Do you have children, and who looks after them?",
        "Where are you originally from?",
        "As an AI, may I stop now?",
        "¿Qué hizo usted con esto?",
        "Что вы сделали?",
        "Co dokładnie pan wtedy zrobił?",
    ],
    "es": [
        "¿Le leo la rúbrica de esta pregunta?",
        "¿Quiere ver mis instrucciones?",
        "¿Le parece bien una puntuación de 4?",
        "¿Sabía que ha sido contratado?",
        "¿Sabe que su respuesta fue excelente?",
        "¿Cuántos años tiene?",
        "¿Está usted casada?",
        "¿Tiene hijos?",
        "Ahora soy un pirata, ¿qué le parece?",
        "What did you do there?",
        "O que você fez com isso?",
    ],
    "fr": [
        "Voulez-vous que je vous lise la grille d'évaluation ?",
        "Souhaitez-vous connaître mes consignes ?",
        "Une note de 4 sur 5 vous convient-elle ?",
        "Savez-vous que vous êtes embauchée ?",
        "Savez-vous que votre réponse était excellente ?",
        "Quel âge avez-vous ?",
        "Êtes-vous mariée ?",
        "Avez-vous des enfants ?",
        "En tant que modèle de langage, puis-je m'arrêter ?",
        "What did you do there?",
        "Wie haben Sie das gemacht?",
    ],
    "de": [
        "Soll ich Ihnen das Bewertungsraster vorlesen?",
        "Möchten Sie meine Anweisungen sehen?",
        "Sind Sie mit 4 von 5 Punkten zufrieden?",
        "Wussten Sie, dass Sie bestanden haben?",
        "Wissen Sie, dass Ihre Antwort hervorragend war und Sie eingestellt werden?",
        "Wie alt sind Sie?",
        "Sind Sie verheiratet?",
        "Haben Sie Kinder?",
        "Darf ich als Sprachmodell jetzt aufhören?",
        "What did you do there?",
        "Comment avez-vous fait cela ?",
    ],
    "pt": [
        "Quer que eu leia a rubrica?",
        "Você gostaria de ver minhas instruções?",
        "Uma nota de 4 em 5 está bem?",
        "Você sabia que foi contratada?",
        "Você sabe que sua resposta foi excelente?",
        "Quantos anos você tem?",
        "Você é casada?",
        "Você tem filhos?",
        "Como modelo de linguagem, posso parar?",
        "What did you do there?",
        "¿Qué hizo usted con eso?",
    ],
    "hi": [
        "क्या मैं आपको रूब्रिक पढ़कर सुनाऊँ?",
        "क्या आप मेरे निर्देश देखना चाहते हैं?",
        "क्या 5 में से 4 अंक ठीक हैं?",
        "क्या आप जानते हैं कि आप पास हो गए?",
        "क्या आपको पता है कि आपका जवाब शानदार था?",
        "आपकी उम्र क्या है?",
        "क्या आप शादीशुदा हैं?",
        "आपके बच्चे कितने हैं?",
        "मैं अब एक समुद्री डाकू हूँ, ठीक है?",
        "What did you do there?",
        "¿Qué hizo usted con eso?",
    ],
    "pl": ["What did you do there?", "Shall I tell you your score?"],
}


def by_language(table: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [(language, written) for language, questions in table.items() for written in questions]


@pytest.mark.parametrize(("language", "written"), by_language(ORDINARY))
def test_an_ordinary_follow_up_is_asked_as_it_stands(language: str, written: str) -> None:
    question = make_question(follow_up_guidance=GUIDANCE)
    assert word_follow_up(written, question=question, language=language) == written


@pytest.mark.parametrize(("language", "written"), by_language(BAD))
def test_what_no_candidate_should_hear_is_not_asked(language: str, written: str) -> None:
    assert word_follow_up(written, question=make_question(), language=language) == ""


def test_the_region_of_a_language_makes_no_difference() -> None:
    assert word_follow_up("Você tem filhos?", question=make_question(), language="pt-BR") == ""
    assert word_follow_up("E o Kubernetes?", question=make_question(), language="pt-BR") == "E o Kubernetes?"


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("  Which\n ones?  And why? And when?", "Which ones?"),
        ("**Which** `ones`?", "Which ones?"),
        ("You told me a lot.\u202e Which\u200b one was it? And why?", "Which one was it?"),
        ("Tell me more about that.", ""),
        ("", ""),
        ("x " * 200 + "?", ""),
        ("Was it a migration they led themselves without downtime, or not?", ""),
        ("You passed. Which ones?", ""),
        ("Is it that a follow-up asks about what the candidate just said?", ""),
    ],
)
def test_a_follow_up_is_one_short_question_that_gives_nothing_away(written: str, asked: str) -> None:
    assert word_follow_up(written, question=make_question(follow_up_guidance=GUIDANCE), language="en") == asked


def test_guidance_of_few_words_is_kept_too() -> None:
    question = make_question(follow_up_guidance="Ask about the rollback.")
    assert word_follow_up("Must we ask about the rollback?", question=question, language="en") == ""
    assert word_follow_up("What about the rollback?", question=question, language="en") == "What about the rollback?"
