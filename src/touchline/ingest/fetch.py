"""Reading a provider's files from its site, from an HTTP mirror or from a folder that mirrors it.

Over HTTP each file is kept in a cache with its validators (ETag, Last-Modified) and asked for conditionally, so that
an unchanged file is not sent again. Failures that may pass (no connection, time-outs, 429 and 5xx) are retried a
bounded number of times with growing pauses; a ``Retry-After`` in seconds is respected up to the longest pause.
"""

import hashlib
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential_jitter

from touchline import __version__
from touchline.domain.errors import NotFoundError, SourceError
from touchline.ingest.port import Address, Payload

LARGEST = 20_000_000
"""No season file is near this many bytes; a longer answer is cut off and refused."""
LONGEST_PAUSE = 30.0
VALIDATORS = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}


class PassingError(Exception):
    """A failure that another attempt may not meet."""

    def __init__(self, reason: str, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


@dataclass(frozen=True)
class Folder:
    """A mirror in a folder."""

    root: Path

    def __post_init__(self) -> None:
        if not self.root.is_dir():
            raise SourceError(
                f"the mirror {self.root} is not there",
                "set TOUCHLINE_MIRROR to a folder or an http(s) base",
                field="mirror",
            )

    def fetch(self, address: Address) -> Payload:
        """The bytes of a file below the root."""
        try:
            content = (self.root / address.path).read_bytes()
        except FileNotFoundError as error:
            raise absent(address, str(self.root)) from error
        except OSError as error:
            raise SourceError(f"{address.path} cannot be read ({error.strerror})", "mend the mirror") from error
        return Payload(address, content, datetime.now(UTC), "mirror")


@dataclass(frozen=True)
class Site:
    """A provider's site, or an HTTP mirror of it, with a cache in a folder."""

    base: str
    cache: Path
    origin: str = "site"
    attempts: int = 4
    first_pause: float = 0.5
    client: httpx.Client = field(
        default_factory=lambda: httpx.Client(
            timeout=httpx.Timeout(20.0, connect=10.0),
            follow_redirects=True,
            headers={"User-Agent": f"touchline/{__version__}"},
        )
    )

    def fetch(self, address: Address) -> Payload:
        """The bytes of a file, from the cache where the server says that it has not changed."""
        retrying = Retrying(
            retry=retry_if_exception_type(PassingError),
            stop=stop_after_attempt(self.attempts),
            wait=self._pause,
            reraise=True,
        )
        url = f"{self.base.rstrip('/')}/{address.path}"
        try:
            return retrying(self._once, address, url)
        except PassingError as error:
            raise SourceError(
                f"{url} could not be read in {self.attempts} attempts ({error})",
                "try again later, or set TOUCHLINE_MIRROR to an offline copy",
                field="mirror",
            ) from error

    def _pause(self, state: RetryCallState) -> float:
        failure = state.outcome.exception() if state.outcome else None
        asked = failure.retry_after if isinstance(failure, PassingError) else None
        if asked is not None:
            return min(asked, LONGEST_PAUSE)
        return wait_exponential_jitter(self.first_pause, LONGEST_PAUSE, jitter=self.first_pause)(state)

    def _once(self, address: Address, url: str) -> Payload:
        kept = self.cache / address.path
        notes = kept.with_name(kept.name + ".json")
        held = kept.read_bytes() if kept.exists() else b""
        known = _read_notes(notes)
        if known.get("sha256") != hashlib.sha256(held).hexdigest():
            known = {}  # the two files are not of one download: ask for the whole again
        headers = {VALIDATORS[name]: value for name, value in known.items() if name in VALIDATORS}
        try:
            with self.client.stream("GET", url, headers=headers) as response:
                if response.status_code == httpx.codes.NOT_MODIFIED and headers:
                    return Payload(address, held, datetime.now(UTC), "cache")
                self._judge(response, address, url)
                content = _read_bounded(response, url)
        except httpx.TooManyRedirects as error:
            raise SourceError(
                f"{url} redirects without end", "check the address of the mirror", field="mirror"
            ) from error
        except httpx.DecodingError as error:
            raise SourceError(f"{url} cannot be decoded ({error})", "check the address of the mirror") from error
        except httpx.TransportError as error:
            raise PassingError(str(error) or type(error).__name__) from error
        except httpx.InvalidURL as error:
            raise SourceError(f"{url} is not an address", "correct TOUCHLINE_MIRROR", field="mirror") from error
        validators = {name: response.headers[name] for name in VALIDATORS if name in response.headers}
        if not {"content-length", "transfer-encoding"} & response.headers.keys():
            validators = {}  # nothing told where the answer ends: it may be cut short, and must be asked for again
        _write(kept, content)
        _write(notes, json.dumps(validators | {"sha256": hashlib.sha256(content).hexdigest()}).encode())
        return Payload(address, content, datetime.now(UTC), self.origin)

    def _judge(self, response: httpx.Response, address: Address, url: str) -> None:
        status = response.status_code
        if status == httpx.codes.NOT_FOUND:
            raise absent(address, self.base)
        if status == httpx.codes.TOO_MANY_REQUESTS or status >= httpx.codes.INTERNAL_SERVER_ERROR:
            asked = response.headers.get("retry-after", "")
            raise PassingError(f"status {status}", float(asked) if re.fullmatch("[0-9]+", asked) else None)
        if status != httpx.codes.OK:
            raise SourceError(f"{url} answered with status {status}", "check the address of the mirror", field="mirror")


Reader = Folder | Site


def reader(mirror: str | None, folder: str, site: str, cache: Path) -> Reader:
    """Where to read a provider: below ``folder`` of the mirror where one is set, from its site otherwise."""
    if mirror is None:
        return Site(site, cache / folder)
    if mirror.startswith(("http://", "https://")):
        return Site(f"{mirror.rstrip('/')}/{folder}", cache / "mirror" / folder, origin="mirror")
    return Folder(Path(mirror.removeprefix("file://")) / folder)


def absent(address: Address, where: str) -> NotFoundError:
    """The error for a file that the provider does not have."""
    return NotFoundError(
        f"{where} has no {address.league.code} {address.season}",
        "ask for seasons and leagues that it has",
        field="seasons",
    )


def _read_bounded(response: httpx.Response, url: str) -> bytes:
    parts: list[bytes] = []
    size = 0
    for part in response.iter_bytes():
        size += len(part)
        if size > LARGEST:
            raise SourceError(
                f"{url} is longer than {LARGEST:,} bytes", "check the address of the mirror", field="mirror"
            )
        parts.append(part)
    return b"".join(parts)


def _read_notes(path: Path) -> Mapping[str, str]:
    """The validators kept beside a cached file; none where they cannot be read, which only costs a download."""
    try:
        found = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_bytes(content)
    temporary.replace(path)
