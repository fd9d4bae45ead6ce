from pathlib import Path

import pytest

from mawsim.translation.neural.cleaning import is_usable, normalise
from mawsim.translation.neural.config import NeuralConfig

CONFIG = NeuralConfig(Path())


@pytest.mark.parametrize(
    ("english", "text", "language", "expected"),
    [
        ("We help hospitals read images.", "병원의 영상 판독을 돕습니다.", "ko", True),
        ("We help hospitals read images.", "Kami membantu rumah sakit membaca citra.", "id", True),
        ("OK", "확인", "ko", True),
        ("We help hospitals read images.", "We help hospitals read images.", "id", False),
        ("Open the Settings menu of Windows now", "Open Settings menu of Windows sekarang", "id", False),
        ("We help hospitals read images.", "We help the hospital read its images.", "ko", False),
        ("We help hospitals read images.", "병원", "ko", False),
        ("Yes, of course we do that.", "네, 물론입니다.", "ko", True),
        ("Set <b>this</b> option.", "<b>이</b> 옵션을 설정합니다.", "ko", False),
        ("Hello %s and welcome", "%s 님 환영합니다", "ko", False),
        ("Set max_size to the limit.", "max_size 를 한도로 설정합니다.", "ko", False),
        ("2024", "2024", "ko", False),
        ("The doctor is here today.", "ဆရာဝန် ဒီနေ့ ရှိတယ်။", "my", True),
        ("The doctor is here today.", "ဆရာဝန္ ေဒါက်တာ ရိွတယ္", "my", False),
        ("x" * 700, "병원" * 100, "ko", False),
    ],
)
def test_pairs(english: str, text: str, language: str, expected: bool) -> None:
    assert is_usable(english, text, language, CONFIG) is expected


def test_normalising_takes_what_cannot_be_seen_but_not_spelling() -> None:
    assert normalise("ສະ\u200bບາຍ \u202bດີ\u202c\n\tx") == "ສະບາຍ ດີ x"
    assert normalise("می\u200cخواهم") == "می\u200cخواهم"
    assert normalise("cafe\u0301") == "café"
