import subprocess
import sys
import time

import pytest

from mawsim.core.language_check import Verdict, check
from mawsim.core.languages import CODES
from mawsim.core.scripts import share

TEXTS = {
    "ko": "흉부 엑스레이에서 결핵 의심 소견을 표시해 드립니다.",
    "en": "We mark signs of tuberculosis on chest radiographs.",
    "id": "Kami menandai gejala tuberkulosis pada foto rontgen dada pasien.",
    "ms": "Kami menandakan gejala tibi pada imej sinar-X dada pesakit di hospital.",
    "vi": "Chúng tôi đánh dấu dấu hiệu lao phổi trên phim chụp X-quang ngực.",
    "th": "เราทำเครื่องหมายสัญญาณของวัณโรคบนภาพเอกซเรย์ทรวงอก",
    "tl": "Minamarkahan namin ang mga palatandaan ng tuberkulosis sa X-ray ng dibdib.",
    "km": "យើងសម្គាល់សញ្ញានៃជំងឺរបេងនៅលើរូបថតកាំរស្មីអ៊ិចទ្រូង។",
    "lo": "ພວກເຮົາໝາຍອາການຂອງວັນນະໂລກໃນຮູບເອັກສະເຣໜ້າເອິກ.",
    "my": "ရင်ဘတ်ဓာတ်မှန်ပုံများတွင် တီဘီရောဂါလက္ခဏာများကို မှတ်သားပေးပါသည်။",
    "ar": "نحدد علامات مرض السل في صور الأشعة السينية للصدر خلال ثوان.",
    "he": "אנו מסמנים סימני שחפת בצילומי רנטגן של בית החזה.",
    "fa": "ما نشانه‌های بیماری سل را در عکس‌های رادیولوژی قفسه سینه مشخص می‌کنیم.",
    "tr": "Göğüs röntgenlerinde verem belirtilerini birkaç saniyede işaretliyoruz.",
    "zh-Hans": "我们在胸部X光片上标出疑似肺结核的部位。",
}
OWN_SCRIPT = ["ko", "th", "km", "lo", "my", "he", "zh-Hans"]


@pytest.mark.parametrize("language", CODES)
def test_a_text_fits_its_own_language(language: str) -> None:
    assert check(TEXTS[language], language).verdict == Verdict.FITS


@pytest.mark.parametrize("declared", CODES)
@pytest.mark.parametrize("written", OWN_SCRIPT)
def test_another_script_is_wrong(written: str, declared: str) -> None:
    expected = Verdict.FITS if written == declared else Verdict.WRONG
    assert check(TEXTS[written], declared).verdict == expected


@pytest.mark.parametrize("declared", [*OWN_SCRIPT, "ar", "fa"])
@pytest.mark.parametrize("written", ["en", "id", "tr"])
def test_latin_text_is_wrong_for_other_scripts(written: str, declared: str) -> None:
    assert check(TEXTS[written], declared).verdict == Verdict.WRONG


@pytest.mark.parametrize(
    ("written", "declared"),
    [("en", "vi"), ("en", "id"), ("tr", "en"), ("vi", "tr"), ("tl", "ms"), ("ar", "fa"), ("fa", "ar")],
)
def test_another_language_in_the_same_script_is_doubted_by_name(written: str, declared: str) -> None:
    finding = check(TEXTS[written], declared)
    assert (finding.verdict, finding.looks_like) == (Verdict.DOUBTFUL, written)


@pytest.mark.parametrize(("written", "declared"), [("id", "ms"), ("ms", "id")])
def test_indonesian_and_malay_are_too_close_to_doubt(written: str, declared: str) -> None:
    assert check(TEXTS[written], declared).verdict == Verdict.FITS


@pytest.mark.parametrize("declared", CODES)
@pytest.mark.parametrize(
    "name",
    [
        "AI",
        "MRI",
        "OpenVINO",
        "GPT-4o",
        "eKYC API",
        "5G",
        "NVIDIA H100",
        "https://example.com/page",
        "2026",
        "",
    ],
)
def test_acronyms_and_product_names_are_no_language(name: str, declared: str) -> None:
    assert check(name, declared).verdict == Verdict.FITS


@pytest.mark.parametrize(
    ("declared", "text"),
    [
        ("ko", "LLM 기반 RAG 솔루션을 AWS와 Azure에서 제공합니다 (ISO 27001, SOC 2)"),
        ("ar", "حل OCR و eKYC مع API و SDK لأنظمة Android و iOS"),
        ("th", "ระบบ OCR และ eKYC ผ่าน API สำหรับ iOS และ Android"),
        ("km", "ប្រព័ន្ធ OCR និង eKYC តាម API សម្រាប់ iOS"),
        ("ko", "漢方 처방을 돕는 인공지능을 제공합니다"),
    ],
)
def test_names_inside_a_text_do_not_count_against_it(declared: str, text: str) -> None:
    assert check(text, declared).verdict == Verdict.FITS


def test_a_title_may_be_a_product_name() -> None:
    assert check("Hanbit Vision Suite", "ko", is_name=True).verdict == Verdict.FITS
    assert check("Hanbit Vision Suite", "ko").verdict == Verdict.WRONG
    assert check("ระบบอ่านภาพเอกซเรย์ทรวงอก", "ko", is_name=True).verdict == Verdict.WRONG


def test_japanese_is_not_chinese() -> None:
    assert check("胸部レントゲンで肺結核の疑いを三秒で表示します。", "zh-Hans").verdict == Verdict.WRONG


def test_the_detector_is_not_loaded_before_it_is_needed() -> None:
    code = "import sys, mawsim.core.language_check; sys.exit('lingua' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("unit", ["가", "a-", "a@", "a.", "a+", "-", "www."])
def test_judging_a_long_run_takes_time_in_proportion(unit: str) -> None:
    """Read from every letter on, a run of this length would take minutes."""
    started = time.process_time()
    share(unit * 200_000, "latin")
    assert time.process_time() - started < 5
