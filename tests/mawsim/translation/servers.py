"""Small HTTP servers on the loopback interface that stand where an engine's server would."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Payload = dict[str, Any]


@dataclass
class Answer:
    """What to answer. `drip`: seconds between single bytes of the body."""

    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    wait: float = 0.0
    drip: float = 0.0

    @property
    def raw(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


@dataclass
class Server:
    """`asked` holds (path, headers, payload) of every request; `answer` makes the answers."""

    url: str = ""
    asked: list[tuple[str, dict[str, str], Payload]] = field(default_factory=list)
    answer: Callable[[Payload], Answer] = lambda payload: Answer({})

    @property
    def payloads(self) -> list[Payload]:
        return [payload for _path, _headers, payload in self.asked]


@contextmanager
def serve() -> Iterator[Server]:
    server = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            payload = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            server.asked.append((self.path, dict(self.headers), payload))
            answer = server.answer(payload)
            time.sleep(answer.wait)
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.raw)))
            self.end_headers()
            self._send(answer)

        def _send(self, answer: Answer) -> None:
            try:
                for byte in [answer.raw] if not answer.drip else [bytes([part]) for part in answer.raw]:
                    self.wfile.write(byte)
                    self.wfile.flush()
                    time.sleep(answer.drip)
            except OSError:  # the client has had enough, as it should
                pass

        def log_message(self, format: str, *args: Any) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.url = f"http://127.0.0.1:{http.server_address[1]}"
    thread = threading.Thread(target=http.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        http.server_close()
        thread.join()


def libretranslate(translate: Callable[[str, str], str]) -> Callable[[Payload], Answer]:
    """A LibreTranslate that answers translate(text, target) to each text."""

    def answer(payload: Payload) -> Answer:
        return Answer({"translatedText": [translate(text, payload["target"]) for text in payload["q"]]})

    return answer


def chat(translate: Callable[[str, str], str], change: Callable[[list[Payload]], Any] | None = None) -> Any:
    """A chat endpoint that does as it is told, unless `change` touches the items of its answer."""

    def answer(payload: Payload) -> Answer:
        task = json.loads(payload["messages"][1]["content"])
        target = task["target_language"]
        items = [
            {
                "id": part["id"],
                "text": part["text"] if part["text"] == "⟦1⟧ ⟦2⟧" else translate(part["text"], target),
            }
            for part in task["segments"]
        ]
        content = json.dumps({"translations": change(items) if change else items})
        return Answer({"choices": [{"message": {"role": "assistant", "content": content}}]})

    return answer
