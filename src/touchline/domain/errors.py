"""The errors that a person is meant to read: each names what is wrong, where, and what to do about it."""

from collections.abc import Sequence
from typing import Any, ClassVar


class TouchlineError(Exception):
    """Something that the user can put right.

    The command line prints it as one sentence and exits with 2; the endpoints answer it as RFC 9457 problem+json.
    Anything else that is raised is a defect of ours and keeps its traceback.
    """

    kind: ClassVar[str] = "bad-input"
    status: ClassVar[int] = 422

    def __init__(self, what: str, fix: str, *, field: str | None = None, candidates: Sequence[str] = ()) -> None:
        self.what = what.rstrip(".")
        self.fix = fix.rstrip(".")
        self.field = field
        self.candidates = tuple(candidates)
        super().__init__(f"{self.what}: {self.fix}" + ("" if self.fix.endswith("?") else "."))

    def __reduce__(self) -> tuple[Any, ...]:
        """Errors cross from worker processes: rebuild from the parts, not from the sentence."""
        return _rebuilt, (type(self), self.what, self.fix, self.field, self.candidates)

    def as_dict(self) -> dict[str, Any]:
        """The error as data, for ``--json``."""
        found = {"kind": self.kind, "what": self.what, "fix": self.fix, "field": self.field}
        return found | ({"candidates": list(self.candidates)} if self.candidates else {})


def _rebuilt(
    kind: type[TouchlineError], what: str, fix: str, field: str | None, candidates: tuple[str, ...]
) -> TouchlineError:
    error = kind.__new__(kind)
    TouchlineError.__init__(error, what, fix, field=field, candidates=candidates)
    return error


class UnknownTeamError(TouchlineError):
    """A team name that no match in the store carries."""

    kind = "unknown-team"


class NotFoundError(TouchlineError):
    """A match, a model or a file that is not there."""

    kind = "not-found"
    status = 404


class SourceError(TouchlineError):
    """A provider, or the mirror that stands for it, gave nothing that can be read."""

    kind = "source"
    status = 502


class StoreError(TouchlineError):
    """The database cannot be used as it is."""

    kind = "store"
    status = 503


class ModelError(TouchlineError):
    """A model file is damaged, or there is none to load."""

    kind = "model"
    status = 503


class MissingExtraError(TouchlineError):
    """A command needs packages that were not installed."""

    kind = "missing-extra"

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(f"{what} needs packages that are not installed", f"pip install 'touchline[{extra}]'")
