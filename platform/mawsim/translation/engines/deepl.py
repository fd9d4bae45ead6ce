"""DeepL, and servers that speak its language: DEEPL_URL, DEEPL_KEY."""

import html
import re
from collections.abc import Sequence

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from mawsim.translation.engines.base import BadBatch, Candidate, Form, Segment
from mawsim.translation.engines.http import post_json
from mawsim.translation.engines.pairs import by_pair
from mawsim.translation.sentinels import MARK

_SOURCES = {"zh-Hans": "ZH"} | {
    code: code.upper() for code in ("ko", "en", "id", "vi", "th", "ar", "he", "tr")
}
_TARGETS = _SOURCES | {"en": "EN-GB", "zh-Hans": "ZH-HANS"}
_TAG = re.compile(r"<x>(\d+)</x>")


class DeepL:
    """Facts go as XML tags that the server leaves alone."""

    version = "deepl"
    forms = (Form.MASKED,)

    def __init__(self) -> None:
        if not settings.DEEPL_KEY:
            raise ImproperlyConfigured("DEEPL_KEY must be set for the engine deepl")
        self._url = settings.DEEPL_URL.rstrip("/") + "/v2/translate"

    def speaks(self, source: str, target: str) -> bool:
        return source != target and source in _SOURCES and target in _TARGETS

    def translate(self, segments: Sequence[Segment]) -> list[Candidate | None]:
        return by_pair(segments, self._translate)

    def _translate(self, texts: list[str], source: str, target: str) -> list[Candidate | None]:
        payload = {
            "text": [_tagged(text) for text in texts],
            "source_lang": _SOURCES[source],
            "target_lang": _TARGETS[target],
            "tag_handling": "xml",
            "ignore_tags": ["x"],
            "split_sentences": "0",
            "preserve_formatting": True,
        }
        headers = {"Authorization": f"DeepL-Auth-Key {settings.DEEPL_KEY}"}
        answer = post_json(self._url, payload, headers, name="deepl").get("translations")
        if not isinstance(answer, list) or len(answer) != len(texts):
            raise BadBatch("deepl answered another number of texts")
        return [_candidate(part) for part in answer]


def _tagged(text: str) -> str:
    return MARK.sub(r"<x>\1</x>", html.escape(text, quote=False))


def _candidate(part: object) -> Candidate | None:
    text = part.get("text") if isinstance(part, dict) else None
    return Candidate(html.unescape(_TAG.sub(r"⟦\1⟧", text)), 0.85) if isinstance(text, str) else None
