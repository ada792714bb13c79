"""Names of teams."""

import re
import unicodedata
from collections.abc import Iterable

from rapidfuzz import fuzz, process

from touchline.domain.errors import UnknownTeamError


def slug(name: str) -> str:
    """A team's name in lower-case ASCII with single hyphens: ``Nott'm Forest`` gives ``nottm-forest``."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", re.sub(r"['.]", "", plain.lower())).strip("-")


def resolve_team(known: Iterable[str], name: str, field: str) -> str:
    """A team's name as it is kept, from that name or its slug in any case.

    Raises:
        UnknownTeamError: there is none; the error carries the nearest names.
    """
    by_slug = {slug(team): team for team in known}
    found = by_slug.get(slug(name))
    if found is not None:
        return found
    near = [
        by_slug[match]
        for match, *_ in process.extract(slug(name), list(by_slug), scorer=fuzz.WRatio, limit=3, score_cutoff=60)
    ]
    fix = f"did you mean {' or '.join(near)}?" if near else "check the spelling"
    raise UnknownTeamError(f"team {name!r} is not known", fix, field=field, candidates=near)
