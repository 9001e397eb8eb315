"""Whether a text is in a language, told by its script and by the commonest short words.

Coarse on purpose: it is to notice a model that was talked into another language, not to name languages.
"""

from __future__ import annotations

import unicodedata

#: Words that several languages share stand under each of them.
_COMMON_WORDS = {
    "en": """a about an and any are as at be been by can could did do does example for from give had has have
    he how i if in into is it its just me mean more most my no not of on one ones or our over she so some such
    tell than that the their them then there these they this those to up was we were what when where which who
    whom whose why will with would you your yours""",
    "es": """a al algo algún alguna alguno aquello así como con cuando cuál cuáles cuándo cuánta cuántas cuánto
    cuántos cómo de del desde donde dónde e ejemplo el en entre era es esa ese eso esta estaba estar este esto
    está fue fueron ha hace hacer han hasta hay había hizo la las le les lo los me mi muy más ni no nos o otra
    otro para pero podría por porque puede que quién quiénes qué se ser si sin sobre son su sus sí también
    tenía tiene todo tuvo un una unas unos usted ustedes y""",
    "fr": """a ai as au aussi aux avec avez avait avoir c ça ce cela ces cet cette combien comment d dans de
    des dont du elle elles en entre est et eu exemple faire fait il ils j je l la le les leur leurs lui m mais
    me n ne nos notre nous on ont ou où par pas plus pour pourquoi pourriez pouvez qu quand que quel quelle
    quelles quels qui quoi s sans se si son sont sur sa ses t très tout un une vos votre vous y à étaient
    était été être""",
    "de": """als am an auch auf aus bei beispiel da dabei dafür damit dann daran darauf daraus das dass davon
    dazu dem den denn der des die dort durch ein eine einem einen einer eines einmal er es etwas für gegen
    genau haben hat hatte hatten ich ihm ihnen ihr ihre ihrem ihren ihrer im in ist kein keine konnten können
    könnten man mehr mich mir mit nach nicht noch nur ob oder ohne sehr sein sich sie sind so um und uns unter
    vom von vor wann war waren warum was weil welche welchem welchen welcher welches wem wen wenn wer werden
    weshalb wie wieso wird wir wo wobei wofür womit worden wurde wurden würden zu zum zur über""",
    "pt": """a algo algum alguma ao aos aquilo as até com como da das de depois desde do dos e ela ele em entre
    era essa esse esta estar estava este está eu exemplo fazer fez foi foram há isso isto já lhe mais mas me
    meu muito na nas nessa nesse nisso no nos não o onde os ou outra outro para pela pelo pode poderia por
    porque porquê qual quais quando quanta quantas quanto quantos que quem quê se sem ser seu seus sim sobre
    sua suas são só também tem teve tinha tudo um uma umas uns você vocês à às é""",
    "hi": """अधिक आप आपका आपकी आपके आपको आपने आपसे इस इसका इसकी इसके इसमें इससे इसे उदाहरण उन उस उसका उसकी उसके
    उसमें उसे एक और कब कर करते करना करने का कि किन किया किस किसने किसी की कितना कितनी कितने के कैसा कैसी कैसे
    को कोई कौन कौनसा कौनसी क्या क्यों कहाँ कहां कुछ गया गई गए जब जो तक तब तो था थी थीं थे दे दें दिया दी नहीं
    ने पर फिर बता बताइए बताएँ बताएं बारे भी में यह या यहाँ ये रहा रही रहे लिए वह वहाँ वे सकता सकती सकते साथ से
    ही हुआ हुई हुए है हैं हो""",
}
#: As `unicodedata.name` begins for its letters.
_SCRIPTS = {"hi": "DEVANAGARI"}

#: So few words need none of the common ones: "Also Kubernetes?"
_FEW_WORDS = 3


def split_words(text: str) -> list[str]:
    """The words in lower case, without punctuation; an apostrophe or a hyphen divides, a vowel sign does not."""
    signs = (sign if unicodedata.category(sign)[0] in "LMN" else " " for sign in text.lower())
    return "".join(signs).split()


def is_in(text: str, language: str) -> bool:
    """Whether a sentence may be in the language of the BCP 47 tag.

    Names and terms of a trade may come from anywhere, so what counts is that no other language shows more. Of a
    language without a table only so much is known, that it is not clearly one of the others.
    """
    base, words = language.split("-")[0].lower(), split_words(text)
    if base not in _COMMON:
        return max(_count(words, name) for name in _COMMON) < max(2, len(words) / 2)
    scripts = [unicodedata.name(word[0], "").split(" ")[0] for word in words if word[0].isalpha()]
    if 2 * scripts.count(_SCRIPTS.get(base, "LATIN")) < len(scripts):
        return False
    counts = {name: _count(words, name) for name in _COMMON}
    return counts[base] == max(counts.values()) and (counts[base] > 0 or len(words) <= _FEW_WORDS)


def _count(words: list[str], language: str) -> int:
    return sum(word in _COMMON[language] for word in words)


_COMMON = {language: frozenset(split_words(words)) for language, words in _COMMON_WORDS.items()}
