from __future__ import annotations

import pytest

from botrunner.speech_text import clean_for_speech


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("**Great**, _thank_ you.", "Great, thank you."),
        ("# A title\n\n- one\n- two", "A title one two"),
        ("See [our page](https://example.com/a).", "See our page."),
        ("See https://www.example.com/jobs?id=7#x.", "See example.com."),
        ("Is it http://example.co.uk, or www.example.org/a?", "Is it example.co.uk, or example.org?"),
        ("Well done 👍🏽 team 👩‍👩‍👧 🇫🇷!", "Well done team!"),
        ("Press 1️⃣ ✅ now", "Press 1 now"),
        ("  Two\t spaces\n\nand lines ", "Two spaces and lines"),
        ("Dr. Lee (Ph.D.) asks, e.g., of C++ & 2*3 at 10 a.m.", "Dr. Lee (Ph.D.) asks, e.g., of C++ & 2*3 at 10 a.m."),
        ("क्‍या आप तैयार हैं?", "क्‍या आप तैयार हैं?"),
        ("¿Cómo estás? ©2024 — 50 % de 3 €", "¿Cómo estás? ©2024 — 50 % de 3 €"),
        ("🎉", ""),
    ],
)  # fmt: skip
async def test_text_is_cleaned_for_speech(written: str, said: str) -> None:
    assert await clean_for_speech(written) == said
