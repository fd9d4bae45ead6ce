"""JSON over HTTP for engines: one attempt, one deadline for all of it, errors that say if they pass."""

import json
import socket
import time
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from mawsim.translation.engines.base import EngineError

# What passes by itself. 456: DeepL's quota; 529: overloaded.
TRANSIENT = frozenset({408, 425, 429, 456, 500, 502, 503, 504, 529})
ANSWER_AT_MOST = 4_000_000  # bytes


def post_json(
    url: str, payload: Mapping[str, Any], headers: Mapping[str, str] | None = None, name: str = "engine"
) -> dict[str, Any]:
    """The JSON object that the server answers. EngineError for anything else, transient for time-outs,
    lost connections, the statuses of TRANSIENT and answers that are no JSON. Redirects are not followed:
    texts and keys go where the settings say."""
    deadline = time.monotonic() + settings.TRANSLATION_TIMEOUT
    try:
        status, retry_after, body = _exchange(url, payload, headers or {}, deadline)
    except TimeoutError as error:
        raise EngineError(f"{name} did not answer within {settings.TRANSLATION_TIMEOUT} s") from error
    except (OSError, HTTPException) as error:
        raise EngineError(f"{name} cannot be reached: {type(error).__name__}: {error}") from error
    if status != 200:
        permanent = status not in TRANSIENT
        raise EngineError(f"{name} answered {status}", permanent=permanent, retry_after=retry_after)
    return _object(body, name)


def _exchange(
    url: str, payload: Mapping[str, Any], headers: Mapping[str, str], deadline: float
) -> tuple[int, float | None, bytes]:
    parts = urlsplit(url)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=_left(deadline))
    try:
        body = json.dumps(payload, ensure_ascii=False).encode()
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, body, {"Content-Type": "application/json", **headers})
        response = connection.getresponse()
        retry_after = _seconds(response.getheader("Retry-After"))
        return response.status, retry_after, _read(response, connection.sock, deadline)
    finally:
        connection.close()


def _read(response: HTTPResponse, connection: socket.socket | None, deadline: float) -> bytes:
    """All of the answer. A server that drips would outlive a time-out that starts anew with every byte."""
    chunks, size = [], 0
    while chunk := response.read1(65536):
        chunks.append(chunk)
        size += len(chunk)
        if size > ANSWER_AT_MOST:
            raise EngineError(f"an answer of more than {ANSWER_AT_MOST} bytes")
        left = _left(deadline)
        if connection is not None:
            connection.settimeout(left)
    return b"".join(chunks)


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _seconds(header: str | None) -> float | None:
    return float(header) if header and header.isdigit() else None


def _object(body: bytes, name: str) -> dict[str, Any]:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise EngineError(f"{name} answered something that is no JSON") from error
    if not isinstance(answer, dict):
        raise EngineError(f"{name} answered JSON of another shape")
    return answer
