"""An engine for tests and for a first look: words of the right language without any meaning."""

import random
from collections.abc import Sequence

from mawsim.translation.engines.base import Candidate, Form, Segment
from mawsim.translation.sentinels import MARK

# Real words, so that the checks of script and language see what they expect.
_WORDS = {
    "ko": "이것은 시험용 번역문입니다 문장을 기계가 무작위로 만들어 보여 드리며 의미는 없습니다",
    "en": "this is only a translation for testing which the machine has made from words without meaning",
    "id": "ini hanya terjemahan untuk pengujian yang dibuat oleh mesin dari kata-kata tanpa makna secara acak",  # noqa: E501
    "ms": "ini hanyalah terjemahan untuk ujian yang dibuat oleh mesin daripada perkataan tanpa makna secara rawak",  # noqa: E501
    "vi": "đây chỉ là bản dịch dùng để thử nghiệm được máy tạo ra từ những từ không có nghĩa",
    "th": "นี่ คือ คำแปล สำหรับ การทดสอบ ที่ เครื่อง สร้าง จาก คำ ซึ่ง ไม่มี ความหมาย",
    "tl": "ito ay isang salin lamang para sa pagsubok na ginawa ng makina mula sa mga salitang walang kahulugan",  # noqa: E501
    "km": "នេះ ជា ការបកប្រែ សម្រាប់ ការសាកល្បង ដែល ម៉ាស៊ីន បង្កើត ពី ពាក្យ គ្មាន ន័យ",
    "lo": "ນີ້ ແມ່ນ ຄຳແປ ສຳລັບ ການທົດສອບ ທີ່ ເຄື່ອງ ສ້າງ ຈາກ ຄຳ ທີ່ບໍ່ມີ ຄວາມໝາຍ",
    "my": "ဤသည်မှာ စမ်းသပ်ရန် ဘာသာပြန် ဖြစ်ပြီး စက်က အဓိပ္ပာယ်မဲ့ စကားလုံး များဖြင့် ဖန်တီး ထားသည်",
    "ar": "هذه ترجمة لغرض الاختبار فقط صنعتها الآلة من كلمات لا معنى لها على الإطلاق",
    "he": "זהו תרגום לצורך בדיקה בלבד שהמכונה יצרה ממילים ללא כל משמעות אמיתית",
    "fa": "این یک ترجمه برای آزمایش است که ماشین از واژه‌های بدون معنا ساخته و می‌نویسد",
    "tr": "bu yalnızca deneme amaçlı bir çeviridir ve makine onu anlamsız sözcüklerden için üretmiştir",
    "zh-Hans": "这是 用于 测试 的 译文 由 机器 从 没有 意义 词语 随机 生成",
}
_UNSPACED = {"th", "km", "lo", "my", "zh-Hans"}
_LENGTHS = {"ko": 0.5, "zh-Hans": 0.34}


class Fake:
    """The same answer to the same text: as long as the original, with its sentinels and its terms."""

    version = "fake:1"
    forms = (Form.MASKED,)

    def speaks(self, source: str, target: str) -> bool:
        return source != target

    def translate(self, segments: Sequence[Segment]) -> list[Candidate | None]:
        return [Candidate(_translation(segment), 0.5) for segment in segments]


def _translation(segment: Segment) -> str:
    length = len(segment.text) / _LENGTHS.get(segment.source, 1) * _LENGTHS.get(segment.target, 1)
    draw = random.Random(segment.text)  # noqa: S311  (no secret)
    words = _WORDS[segment.target].split()
    chosen = draw.sample(words, 4)
    while sum(map(len, chosen)) < length * 0.8:
        chosen += draw.sample(words, 4)
    marks = [match.group() for match in MARK.finditer(segment.text)]
    terms = [hint.target for hint in segment.terms if hint.target]
    space = "" if segment.target in _UNSPACED else " "
    return " ".join([space.join(chosen), *terms, *marks])
