"""What companies say around a subject: a need and an offer of the same thing are one meaning to a match."""

from __future__ import annotations

FRAMES: dict[str, tuple[str, ...]] = {
    "en": (
        "we are looking for a partner for {}", "our company needs {}", "we offer {} solutions",
        "a ready-made {} service", "we have experience with {}",
    ),
    "ko": (
        "{} 분야의 협력사를 찾습니다", "저희 회사는 {} 기술이 필요합니다", "{} 솔루션을 공급합니다",
        "바로 쓸 수 있는 {} 서비스", "{} 관련 경험이 있습니다",
    ),
    "id": (
        "kami mencari mitra untuk {}", "perusahaan kami membutuhkan {}", "kami menyediakan solusi {}",
        "layanan {} yang siap dipakai", "kami berpengalaman di bidang {}",
    ),
    "ms": (
        "kami mencari rakan kongsi untuk {}", "syarikat kami memerlukan {}",
        "kami membekalkan penyelesaian {}", "perkhidmatan {} yang sedia digunakan",
        "kami berpengalaman dalam bidang {}",
    ),
    "vi": (
        "chúng tôi tìm đối tác về {}", "công ty chúng tôi cần {}", "chúng tôi cung cấp giải pháp {}",
        "dịch vụ {} dùng được ngay", "chúng tôi có kinh nghiệm về {}",
    ),
    "th": (
        "เรากำลังมองหาพันธมิตรด้าน{}", "บริษัทของเราต้องการ{}", "เราให้บริการโซลูชัน{}",
        "บริการ{}ที่พร้อมใช้งาน", "เรามีประสบการณ์ด้าน{}",
    ),
    "tl": (
        "naghahanap kami ng katuwang sa {}", "kailangan ng aming kumpanya ang {}",
        "nagbibigay kami ng solusyon sa {}", "serbisyong {} na handa nang gamitin",
        "may karanasan kami sa {}",
    ),
    "km": (
        "យើងកំពុងស្វែងរកដៃគូផ្នែក{}", "ក្រុមហ៊ុនរបស់យើងត្រូវការ{}", "យើងផ្តល់ដំណោះស្រាយ{}",
        "សេវាកម្ម{}ដែលអាចប្រើបានភ្លាម", "យើងមានបទពិសោធន៍ខាង{}",
    ),
    "lo": (
        "ພວກເຮົາກຳລັງຊອກຫາຄູ່ຮ່ວມງານດ້ານ{}", "ບໍລິສັດຂອງພວກເຮົາຕ້ອງການ{}", "ພວກເຮົາໃຫ້ບໍລິການ{}",
        "ລະບົບ{}ທີ່ພ້ອມໃຊ້ງານ", "ພວກເຮົາມີປະສົບການດ້ານ{}",
    ),
    "my": (
        "{}အတွက် မိတ်ဖက် ရှာနေပါသည်", "ကျွန်ုပ်တို့ ကုမ္ပဏီသည် {} လိုအပ်ပါသည်", "{} ဝန်ဆောင်မှု ပေးနေပါသည်",
        "အသင့်သုံးနိုင်သော {} စနစ်", "{}တွင် အတွေ့အကြုံ ရှိပါသည်",
    ),
    "ar": (
        "نبحث عن شريك في مجال {}", "تحتاج شركتنا إلى {}", "نقدم حلول {}", "خدمة {} جاهزة للاستخدام",
        "لدينا خبرة في {}",
    ),
    "he": (
        "אנחנו מחפשים שותף בתחום {}", "החברה שלנו צריכה {}", "אנו מספקים פתרונות {}",
        "שירות {} מוכן לשימוש", "יש לנו ניסיון בתחום {}",
    ),
    "fa": (
        "به دنبال شریکی در زمینه {} هستیم", "شرکت ما به {} نیاز دارد", "ما راهکار {} ارائه می‌دهیم",
        "خدمات {} آماده استفاده", "در زمینه {} تجربه داریم",
    ),
    "tr": (
        "{} konusunda ortak arıyoruz", "şirketimizin {} ihtiyacı var", "{} çözümleri sunuyoruz",
        "kullanıma hazır {} hizmeti", "{} alanında deneyimliyiz",
    ),
    "zh-Hans": (
        "我们正在寻找{}方面的合作伙伴", "我们公司需要{}", "我们提供{}解决方案", "可直接使用的{}服务",
        "我们在{}方面有经验",
    ),
}  # fmt: skip
"""By language: sentences with one gap. The sentences of a language differ; none is a translation key."""

UNSPACED = frozenset({"th", "km", "lo", "my", "zh-Hans"})
"""Languages written without spaces between words: subjects follow each other directly."""
