"""LibreTranslate, a free server that anybody may run: LIBRETRANSLATE_URL, LIBRETRANSLATE_KEY."""

from collections.abc import Sequence

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from mawsim.translation.engines.base import BadBatch, Candidate, Form, Segment
from mawsim.translation.engines.http import post_json
from mawsim.translation.engines.pairs import by_pair

_CODES = {"zh-Hans": "zh"} | {
    code: code for code in ("ko", "en", "id", "ms", "vi", "th", "tl", "ar", "he", "fa", "tr")
}


class LibreTranslate:
    version = "libretranslate"
    forms = (Form.MASKED, Form.PLAIN)

    def __init__(self) -> None:
        if not settings.LIBRETRANSLATE_URL:
            raise ImproperlyConfigured(
                "LIBRETRANSLATE_URL must name the server for the engine libretranslate"
            )
        self._url = settings.LIBRETRANSLATE_URL.rstrip("/") + "/translate"

    def speaks(self, source: str, target: str) -> bool:
        return source != target and source in _CODES and target in _CODES

    def translate(self, segments: Sequence[Segment]) -> list[Candidate | None]:
        return by_pair(segments, self._translate)

    def _translate(self, texts: list[str], source: str, target: str) -> list[Candidate | None]:
        payload = {"q": texts, "source": _CODES[source], "target": _CODES[target], "format": "text"}
        if settings.LIBRETRANSLATE_KEY:
            payload["api_key"] = settings.LIBRETRANSLATE_KEY
        answer = post_json(self._url, payload, name="libretranslate").get("translatedText")
        if not isinstance(answer, list) or len(answer) != len(texts):
            raise BadBatch("libretranslate answered another number of texts")
        return [Candidate(text, 0.6) if isinstance(text, str) else None for text in answer]
