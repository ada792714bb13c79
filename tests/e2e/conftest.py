"""What end-to-end tests share: the demo left running by make, and a browser."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def make(*arguments: str, timeout: float = 300) -> subprocess.CompletedProcess[str]:
    """Run make in the checkout, as a newcomer does."""
    command = ["make", "-s", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=timeout, check=False)


@pytest.fixture(scope="session")
def demo_url() -> Iterator[str]:
    """The address of the demo that ``make demo DETACH=1`` leaves running."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    done = make("demo", "DETACH=1", f"PORT={port}")
    assert done.returncode == 0, done.stdout + done.stderr
    yield f"http://127.0.0.1:{port}"
    make("stop")


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium; not having one is a failure, for these tests are about it."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    assert found, "install Chromium (apt-get install chromium) or set CHROMIUM to its path"
    return found
