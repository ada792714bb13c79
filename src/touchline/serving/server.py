"""Running the bento in this process, or beside it."""

import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import httpx

from touchline.config import Settings
from touchline.domain.errors import MissingExtraError, NotFoundError, TouchlineError
from touchline.serving.forecaster import Forecaster

PID_FILE, LOG_FILE = "serve.pid", "serve.log"


def require_free(host: str, port: int) -> None:
    """Refuse a port that another program listens on.

    Raises:
        TouchlineError: it is taken, or the address is not one of this machine.
    """
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as error:
            reason = error.strerror if isinstance(error, OSError) else "no such port"
            raise TouchlineError(
                f"port {port} of {host} cannot be used ({reason})",
                "choose another with --port, or end what listens there",
                field="port",
            ) from error


def run(settings: Settings, host: str, port: int, ready: Callable[[str], None]) -> None:
    """Serve until stopped; ``ready`` is called with the URL once requests are answered.

    Raises:
        TouchlineError: the port is taken, there is no champion, or it is damaged.
        MissingExtraError: the packages that serve are not installed.
    """
    require_free(host, port)
    try:
        import uvicorn

        from touchline.serving.service import Predictor, app
    except ModuleNotFoundError as error:
        raise MissingExtraError("`touchline serve`", "serve,track") from error

    app.state.forecaster = Forecaster.from_settings(settings)
    for noisy in ("bentoml", "uvicorn.access"):
        logging.getLogger(noisy).setLevel(logging.WARNING)

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets=sockets)
            if self.started:
                ready(url(host, port))

    bento = cast("Any", Predictor).to_asgi()  # the decorator made a service of the class
    config = uvicorn.Config(bento, host=host, port=port, log_level="warning", timeout_graceful_shutdown=8)
    Server(config).run()


def run_beside(settings: Settings, host: str, port: int, seconds: float = 60) -> str:
    """Start a server that outlives this process and return its URL once it is ready.

    Its number and log are kept in the data folder.

    Raises:
        TouchlineError: the port is taken, or the server does not get ready in time.
    """
    require_free(host, port)
    environment = os.environ | {"TOUCHLINE_HOME": str(settings.home.absolute())}
    if settings.as_of is not None:
        environment["TOUCHLINE_AS_OF"] = settings.as_of.isoformat()
    log = settings.home / LOG_FILE
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "touchline.cli.main", "serve", "--host", host, "--port", str(port)],
            stdout=out,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env=environment,
            start_new_session=True,
        )
    (settings.home / PID_FILE).write_text(str(process.pid))
    address, deadline = url(host, port), time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"{address}/readyz", timeout=2, trust_env=False).status_code == httpx.codes.OK:
                return address
        except httpx.TransportError:
            time.sleep(0.1)
    stop(settings)
    raise TouchlineError("the server did not get ready", f"see {log}", field="port")


def stop(settings: Settings) -> int:
    """End the server that ``run_beside`` started and wait for it; returns its process number.

    Raises:
        NotFoundError: none is running.
    """
    file = settings.home / PID_FILE
    try:
        number = int(file.read_text())
        if not _is_ours(number):
            raise ProcessLookupError
        os.kill(number, signal.SIGTERM)
    except (OSError, ValueError) as error:
        file.unlink(missing_ok=True)
        raise NotFoundError(
            "no detached server of this data folder is running", "`touchline demo --detach` starts one"
        ) from error
    deadline = time.monotonic() + 15
    while _is_ours(number) and time.monotonic() < deadline:
        time.sleep(0.05)
    if _is_ours(number):
        os.kill(number, signal.SIGKILL)
    file.unlink(missing_ok=True)
    return number


def url(host: str, port: int) -> str:
    """Where a browser finds the server."""
    shown = "127.0.0.1" if host in {"0.0.0.0", "::"} else f"[{host}]" if ":" in host else host  # noqa: S104
    return f"http://{shown}:{port}"


def _is_ours(number: int) -> bool:
    """Whether a process is alive and is a server of ours, not another that got the number since."""
    try:
        os.kill(number, 0)
        command = Path(f"/proc/{number}/cmdline")
        return not command.exists() or b"touchline.cli.main\0serve" in command.read_bytes()
    except OSError:
        return False
