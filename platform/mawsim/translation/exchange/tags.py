"""Languages as other tools write them (ko-KR, zh_CN, fil, iw) and as we do."""

from mawsim.core.languages import CODES

_SAME = {
    "fil": "tl",
    "iw": "he",
    "in": "id",
    "zh": "zh-Hans",
    "may": "ms",
    "zsm": "ms",
    "prs": "fa",
    "pes": "fa",
}
_THREE = {
    "kor": "ko", "eng": "en", "ind": "id", "msa": "ms", "vie": "vi", "tha": "th", "tgl": "tl", "khm": "km",
    "lao": "lo", "mya": "my", "ara": "ar", "heb": "he", "fas": "fa", "tur": "tr", "zho": "zh-Hans",
}  # fmt: skip
_TRADITIONAL = {"hant", "tw", "hk", "mo"}


def language_of(tag: str) -> str | None:
    """Our code for a language tag; None for what is none of the fifteen. Traditional Chinese is not ours."""
    first, *others = tag.strip().replace("_", "-").casefold().split("-")
    if first == "zh" and _TRADITIONAL & set(others):
        return None
    code = _SAME.get(first) or _THREE.get(first) or first
    return code if code in CODES else None
