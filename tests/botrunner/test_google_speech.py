from __future__ import annotations

import base64

import pytest

from botrunner.google_speech import AudioExtractor, Breaker, build_bodies, google_language

MP3 = bytes(range(256)) * 3 + b"ab"  # its base64 ends in padding


def answer(encoded: str) -> bytes:
    return f')]}}\'\n\n99\n[["wrb.fr","jQ1olc","[\\"{encoded}\\"]",null]]\n25\n[["e",4]]\n'.encode()


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 64, 10_000])
@pytest.mark.parametrize("padding", ["=", "\\u003d", ""], ids=["plain", "escaped", "missing"])
def test_audio_is_found_however_the_answer_is_cut(size: int, padding: str) -> None:
    body = answer(base64.b64encode(MP3).decode().replace("=", padding))
    extractor = AudioExtractor()
    audio = b"".join(extractor.feed(body[start : start + size]) for start in range(0, len(body), size))
    assert audio + extractor.finish() == MP3
    assert extractor.found


def test_an_answer_without_audio_has_none() -> None:
    extractor = AudioExtractor()
    assert extractor.feed(b')]}\'\n\n[["wrb.fr","jQ1olc",null,null,null,[3],"generic"]]') == b""
    assert extractor.finish() == b""
    assert not extractor.found


def test_punctuation_alone_makes_no_request() -> None:
    assert build_bodies("... !", "en") == []


@pytest.mark.parametrize(
    ("tag", "name"),
    [
        ("en", "en"),
        ("en-GB", "en"),
        ("pt-BR", "pt"),
        ("pt-PT", "pt-PT"),
        ("fr-CA", "fr-CA"),
        ("zh-CN", "zh-CN"),
        ("zh-tw", "zh-TW"),
        ("he", "iw"),
        ("nb-NO", "no"),
        ("fil-PH", "tl"),
        ("hi-IN", "hi"),
    ],
)
def test_language_tags_are_named_as_gtts_lists_them(tag: str, name: str) -> None:
    assert google_language(tag) == name


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_the_breaker_lets_one_request_through_after_each_rest_and_closes_on_success() -> None:
    clock = Clock()
    breaker = Breaker(failures=2, cooldown=10, clock=clock)
    seen = []
    for step in ("fail", "allow", "fail", "allow", "+10", "allow", "allow", "fail", "+10", "allow", "succeed", "allow"):
        if step == "+10":
            clock.now += 10
        elif step == "allow":
            seen.append(breaker.allow())
        else:
            getattr(breaker, step)()
    assert seen == [True, False, True, False, True, True]
