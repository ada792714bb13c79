"""The file that holds a fitted model: JSON with everything needed to forecast, and a hash that tells damage."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from touchline.domain.errors import ModelError
from touchline.domain.seasons import Season
from touchline.models.dixon_coles import DixonColes, FittedDixonColes

FORMAT = 1
FIX = "train again, or point at another model"


@dataclass(frozen=True, slots=True)
class Artifact:
    """A fitted model with its settings and its lineage.

    ``day`` is the morning on which it was fitted; it has seen no match of that day or later.
    """

    league: str
    season: Season
    day: date
    settings: DixonColes
    fitted: FittedDixonColes
    matches: int
    data_hash: str
    code_version: str

    def dumps(self) -> str:
        """The artifact as JSON text."""
        body = {
            "format": FORMAT,
            "kind": self.settings.name,
            "league": self.league,
            "season": str(self.season),
            "day": self.day.isoformat(),
            "settings": self.settings.constants,
            "matches": self.matches,
            "data_hash": self.data_hash,
            "code_version": self.code_version,
            "fitted": {
                "teams": list(self.fitted.teams),
                "attack": self.fitted.attack.tolist(),
                "defence": self.fitted.defence.tolist(),
                "level": self.fitted.level,
                "home_advantage": self.fitted.home_advantage,
                "rho": self.fitted.rho,
                "newcomer": list(self.fitted.newcomer),
                "log_likelihood": self.fitted.log_likelihood,
            },
        }
        return json.dumps({"sha256": _hash(body), **body}, indent=1, ensure_ascii=False) + "\n"

    @classmethod
    def load(cls, path: Path) -> "Artifact":
        """Read an artifact.

        Raises:
            ModelError: the file is not there, is damaged, or is of a format that this version does not know.
        """
        try:
            body = json.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise ModelError(f"the model file {path} cannot be read ({error.strerror})", FIX, field="model") from error
        except ValueError as error:
            raise ModelError(f"the model file {path} is damaged (it is no JSON)", FIX, field="model") from error
        if not isinstance(body, dict) or body.pop("sha256", None) != _hash(body):
            raise ModelError(f"the model file {path} is damaged (its hash does not fit)", FIX, field="model")
        if body["format"] != FORMAT:
            raise ModelError(f"the model file {path} has format {body['format']}, not {FORMAT}", FIX, field="model")
        return cls._of(body)

    @classmethod
    def _of(cls, body: dict[str, Any]) -> "Artifact":
        fitted = body["fitted"]
        return cls(
            league=body["league"],
            season=Season.parse(body["season"]),
            day=date.fromisoformat(body["day"]),
            settings=DixonColes(**body["settings"]),
            fitted=FittedDixonColes(
                teams=tuple(fitted["teams"]),
                attack=np.array(fitted["attack"]),
                defence=np.array(fitted["defence"]),
                level=fitted["level"],
                home_advantage=fitted["home_advantage"],
                rho=fitted["rho"],
                newcomer=(fitted["newcomer"][0], fitted["newcomer"][1]),
                log_likelihood=fitted["log_likelihood"],
            ),
            matches=body["matches"],
            data_hash=body["data_hash"],
            code_version=body["code_version"],
        )


def _hash(body: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
