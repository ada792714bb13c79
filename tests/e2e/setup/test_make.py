"""The README's first command, from a checkout."""

import time

import httpx

from tests.e2e.conftest import make


def test_the_demo_is_up_and_comes_back_within_thirty_seconds(demo_url: str) -> None:
    assert httpx.get(f"{demo_url}/readyz").status_code == 200
    port = demo_url.rsplit(":", 1)[1]
    taken = make("demo", "DETACH=1", f"PORT={port}")
    assert taken.returncode != 0
    assert port in taken.stderr

    assert make("stop").returncode == 0
    start = time.monotonic()
    again = make("demo", "DETACH=1", f"PORT={port}")
    assert time.monotonic() - start < 30
    assert demo_url in again.stdout
    assert "dixon-coles" in again.stdout
    assert again.stdout.count("Feb  ") >= 10
    assert httpx.get(f"{demo_url}/readyz").status_code == 200
