"""Whether a server is ready and forecasts the coming fixtures.

python serves.py URL PATH SECONDS
"""

import http.client
import json
import sys
import time
import urllib.error
import urllib.request


def get(address: str) -> bytes:
    """The body of a good answer."""
    with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310 - the release's own address
        body: bytes = answer.read()
        return body


def wait(address: str, seconds: float) -> None:
    """Wait for a good answer."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            get(address)
            return
        except (OSError, http.client.HTTPException) as error:
            if time.monotonic() > deadline:
                sys.exit(f"{address} gave no good answer within {seconds:g} seconds: {error}")
            time.sleep(1)


def check(address: str) -> str:
    """What stands at an address of fixtures; leaves with a sentence where it is no forecast."""
    try:
        answer = json.loads(get(address))
    except urllib.error.HTTPError as error:
        sys.exit(f"{address} answered {error.code}: {error.read().decode(errors='replace')}")
    for fixture in answer["fixtures"]:
        total = sum(fixture["probabilities"].values())
        if abs(total - 1) > 1e-6:
            sys.exit(f"the probabilities of {fixture['match']['key']} sum to {total}")
    # None at all is no failure: a season may be over.
    return f"{answer['league']}: {len(answer['fixtures'])} fixtures, model version {answer['model']['version']}"


if __name__ == "__main__":
    url, path, seconds = sys.argv[1:]
    wait(f"{url}/readyz", float(seconds))
    sys.stdout.write(check(url + path) + "\n")
