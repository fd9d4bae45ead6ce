"""The bundled model at work: Korean offers found by questions in the other fourteen languages."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from mawsim.core import languages
from mawsim.listings.models import Listing
from mawsim.matches import engine
from mawsim.matches.filters import Filters
from mawsim.matches.queries import search
from tests.conftest import Cast
from tests.mawsim.matches.world import index, publish

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("engine_room")]

OFFERS = {
    "xray": (
        "흉부 엑스레이 판독 보조 인공지능",
        "폐 결절과 결핵 소견을 몇 초 만에 표시해 병원 영상의학과 의사의 진단을 돕습니다.",
    ),
    "palm": (
        "팜 농장 드론 병해 진단",
        "드론 사진으로 병든 기름야자 나무를 찾아 농장 관리자에게 알려 줍니다.",
    ),
    "fraud": ("은행 사기 거래 탐지", "카드 결제와 계좌 이체에서 사기 거래를 실시간으로 찾아냅니다."),
    "classroom": (
        "초등학생 수학 맞춤 학습",
        "학생마다 모르는 개념을 찾아 알맞은 문제를 내 주는 교육 서비스입니다.",
    ),
    "water": (
        "해수 담수화 플랜트 에너지 절감",
        "담수화 공장의 펌프 운전을 예측 제어하여 전력 사용을 줄입니다.",
    ),
}
QUESTIONS = {
    "en": ("help doctors read chest x-rays", "detect fraudulent bank transactions"),
    "id": ("membantu dokter membaca rontgen dada di rumah sakit", "mendeteksi transaksi penipuan di bank"),
    "ms": ("membantu doktor membaca x-ray dada di hospital", "mengesan transaksi penipuan di bank"),
    "vi": ("hỗ trợ bác sĩ bệnh viện đọc X-quang phổi", "phát hiện giao dịch gian lận ngân hàng"),
    "th": ("ช่วยแพทย์ในโรงพยาบาลอ่านภาพเอกซเรย์ปอด", "ตรวจจับธุรกรรมฉ้อโกงของธนาคาร"),
    "tl": (
        "tulungan ang mga doktor sa ospital sa pagbasa ng x-ray ng baga",
        "pagtuklas ng mapanlinlang na transaksyon sa bangko at card",
    ),
    "km": ("ជួយវេជ្ជបណ្ឌិតអានរូបភាពកាំរស្មីអ៊ិចទ្រូងនៅមន្ទីរពេទ្យ", "រកឃើញការក្លែងបន្លំប្រតិបត្តិការធនាគារ"),
    "lo": ("ຊ່ວຍທ່ານໝໍອ່ານພາບເອັກສະເຣປອດຢູ່ໂຮງໝໍ", "ກວດຫາການສໍ້ໂກງຂອງທະນາຄານ"),
    "my": ("ဆေးရုံ ဆရာဝန်များ ရင်ဘတ် ဓာတ်မှန် ဖတ်ရန် ကူညီခြင်း", "ဘဏ် လိမ်လည်မှုများကို ရှာဖွေရန်"),
    "ar": ("مساعدة أطباء المستشفى في قراءة أشعة الصدر", "كشف المعاملات الاحتيالية في البنوك"),
    "he": ("לעזור לרופאים בבית החולים לאבחן מחלות ריאה", "זיהוי הונאה בעסקאות בנקאיות"),
    "fa": ("کمک به پزشکان بیمارستان برای خواندن عکس رادیولوژی قفسه سینه", "کشف تراکنش‌های تقلبی بانک"),
    "tr": (
        "hastane doktorlarının akciğer röntgeni okumasına yardım",
        "banka dolandırıcılık işlemlerini tespit etme",
    ),
    "zh-Hans": ("帮助医院医生阅读胸部X光片", "检测银行欺诈交易"),
}


@pytest.fixture
def offers(cast: Cast, engine_room: None, settings: Any) -> dict[str, Listing]:
    settings.EMBEDDING_MODEL = ""
    made = {name: publish(cast.hanbit, title, summary=text) for name, (title, text) in OFFERS.items()}
    index()
    return made


def test_every_language_is_asked() -> None:
    assert set(QUESTIONS) == set(languages.CODES) - {"ko"}


@pytest.mark.parametrize("language", QUESTIONS)
def test_a_korean_offer_is_found_from_every_language(offers: dict[str, Listing], language: str) -> None:
    for question, answer in zip(QUESTIONS[language], ("xray", "fraud"), strict=True):
        page = search(user=AnonymousUser(), query=question, filters=Filters(), language=language)
        assert not page.degraded
        assert offers[answer] in [result.card.listing for result in page.results[:2]]


def test_the_bundled_model_is_the_one_that_serves(offers: dict[str, Listing]) -> None:
    assert engine.light_document_encoder().name.startswith("mawsim-")
