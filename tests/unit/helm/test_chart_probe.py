"""What `helm test` runs, as the rendered pod runs it, against a server that answers as it is told."""

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from tests.unit.helm.conftest import Rendered

Answers = dict[str, list[tuple[int, str]]]


def forecast(*probabilities: float) -> str:
    names = ("home", "draw", "away")
    fixture = {"match": {"key": "a-b"}, "probabilities": dict(zip(names, probabilities, strict=True))}
    return json.dumps({"league": "E0", "model": {"version": "7"}, "fixtures": [fixture]})


GOOD = forecast(0.5, 0.3, 0.2)


@contextmanager
def server(answers: Answers) -> Iterator[str]:
    """A server that gives the answers of a path in their order, and the last one from then on."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            left = answers[self.path]
            status, body = left.pop(0) if len(left) > 1 else left[0]
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as listening:
        thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.server_port}"
        finally:
            listening.shutdown()
            thread.join()


@pytest.fixture
def ask() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run the pod's command against a server of these answers."""

    def run(
        answers: Answers, values: dict[str, Any] | None = None, within: int = 9
    ) -> subprocess.CompletedProcess[str]:
        (container,) = Rendered(values or {}).one("Pod")["spec"]["containers"]
        assert container["command"] == ["python", "-I", "-c"]
        script, url, path, seconds = container["args"]
        assert url == "http://touchline:80"
        assert float(seconds) > 120
        with server(answers) as here:
            command = [sys.executable, "-I", "-c", script, here, path, str(within)]
            return subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)

    return run


def test_a_server_that_gets_ready_and_forecasts_passes(ask: Callable[..., Any]) -> None:
    done = ask({"/readyz": [(503, ""), (200, "")], "/v1/fixtures": [(200, GOOD)]})
    assert done.returncode == 0, done.stderr
    assert done.stdout == "E0: 1 fixtures, model version 7\n"


def test_it_asks_for_the_league_that_is_named(ask: Callable[..., Any]) -> None:
    answers = {"/readyz": [(200, "")], "/v1/fixtures?league=SP1": [(200, GOOD)]}
    assert ask(answers, {"tests": {"league": "SP1"}}).returncode == 0


@pytest.mark.parametrize(
    ("ready", "answer", "said"),
    [
        ((503, ""), (200, GOOD), "/readyz gave no good answer within 0 seconds"),
        ((200, ""), (422, "several leagues are served"), "answered 422: several leagues are served"),
        ((200, ""), (200, forecast(0.5, 0.3, 0.3)), "the probabilities of a-b sum to 1.1"),
    ],
    ids=["not ready", "a problem", "no probabilities"],
)
def test_anything_else_fails_with_a_sentence(
    ask: Callable[..., Any], ready: tuple[int, str], answer: tuple[int, str], said: str
) -> None:
    done = ask({"/readyz": [ready], "/v1/fixtures": [answer]}, within=0)
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr
