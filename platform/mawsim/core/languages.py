"""The fifteen languages of content, search and interface, in one table.

Content carries BCP-47 codes ("zh-Hans"); Django wants them in lower case ("zh-hans") and gettext
folders as "zh_Hans". Nothing else in the project may know these spellings.
"""

from dataclasses import dataclass

import django.conf.locale


@dataclass(frozen=True, slots=True)
class Language:
    code: str  # BCP-47
    native: str  # the name that its speakers use
    english: str
    rtl: bool = False
    cldr: str = ""  # CLDR locale, where it differs from the code

    @property
    def django(self) -> str:
        return self.code.lower()

    @property
    def locale(self) -> str:
        """Locale name for Babel."""
        return self.cldr or self.code.replace("-", "_")

    @property
    def dir(self) -> str:
        return "rtl" if self.rtl else "ltr"


LANGUAGES: tuple[Language, ...] = (
    Language("ko", "한국어", "Korean"),
    Language("en", "English", "English"),
    Language("id", "Bahasa Indonesia", "Indonesian"),
    Language("ms", "Bahasa Melayu", "Malay"),
    Language("vi", "Tiếng Việt", "Vietnamese"),
    Language("th", "ไทย", "Thai"),
    Language("tl", "Filipino", "Filipino", cldr="fil"),
    Language("km", "ខ្មែរ", "Khmer"),
    Language("lo", "ລາວ", "Lao"),
    Language("my", "မြန်မာ", "Burmese"),
    Language("ar", "العربية", "Arabic", rtl=True),
    Language("he", "עברית", "Hebrew", rtl=True),
    Language("fa", "فارسی", "Persian", rtl=True),
    Language("tr", "Türkçe", "Turkish"),
    Language("zh-Hans", "简体中文", "Chinese (Simplified)"),
)
BY_CODE: dict[str, Language] = {language.code: language for language in LANGUAGES}
_BY_DJANGO: dict[str, Language] = {language.django: language for language in LANGUAGES}
CODES: tuple[str, ...] = tuple(BY_CODE)
CHOICES: list[tuple[str, str]] = [(language.code, language.native) for language in LANGUAGES]
DJANGO_LANGUAGES: list[tuple[str, str]] = [(language.django, language.native) for language in LANGUAGES]


def from_django(code: str | None) -> Language:
    """The language of Django's active code; English where none of ours is active."""
    return _BY_DJANGO.get((code or "").lower(), BY_CODE["en"])


def current() -> Language:
    """The language in which the reader of this request reads."""
    from django.utils.translation import get_language

    return from_django(get_language())


def register_with_django() -> None:
    """Tell Django the languages that it does not list itself (Lao, Filipino), called by the settings."""
    for language in LANGUAGES:
        django.conf.locale.LANG_INFO.setdefault(
            language.django,
            {
                "bidi": language.rtl,
                "code": language.django,
                "name": language.english,
                "name_local": language.native,
            },
        )
