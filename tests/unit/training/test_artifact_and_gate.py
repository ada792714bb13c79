"""The model file, and who may become champion."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import simulated_league
from touchline.backtest.run import Prediction
from touchline.domain.errors import ModelError
from touchline.domain.seasons import Season
from touchline.models.dixon_coles import DixonColes
from touchline.training.artifact import Artifact
from touchline.training.gates import judge
from touchline.training.lineage import code_version


@pytest.fixture(scope="module")
def artifact() -> Artifact:
    """A model of a made-up league."""
    table, _ = simulated_league(21, teams=6, seasons=2)
    day, model = date(2002, 8, 1), DixonColes()
    fitted = model.fit(table, day, Season(2002))
    return Artifact("E0", Season(2002), day, model, fitted, len(table), table.fingerprint, code_version())


def test_a_model_comes_back_bit_for_bit(artifact: Artifact, tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    path.write_text(artifact.dumps())
    loaded = Artifact.load(path)
    assert loaded.dumps() == artifact.dumps()
    names = list(artifact.fitted.teams)
    ours = artifact.fitted.forecast(names, [*names[1:], "Stranger"]).outcome
    assert (loaded.fitted.forecast(names, [*names[1:], "Stranger"]).outcome == ours).all()


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda text: text[: len(text) // 2], "no JSON"),
        (lambda text: text.replace('"rho": ', '"rho": 1'), "hash"),
        (lambda text: "[]", "hash"),
        (lambda text: json.dumps({"format": 1}), "hash"),
        (lambda text: "\0\1\2", "no JSON"),
    ],
)
def test_a_damaged_model_is_refused(artifact: Artifact, tmp_path: Path, damage: object, words: str) -> None:
    path = tmp_path / "model.json"
    path.write_text(damage(artifact.dumps()))  # type: ignore[operator]
    with pytest.raises(ModelError, match=words):
        Artifact.load(path)


def test_a_model_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"model\.json"):
        Artifact.load(tmp_path / "model.json")


def _predictions(p_home: float, n: int = 10, start: int = 0) -> list[Prediction]:
    rest = (1 - p_home) / 2
    return [
        Prediction("E0", "2024-2025", f"2024-09-{i + 1:02d}", "A", "B", "m", p_home, rest, rest, "H")
        for i in range(start, start + n)
    ]


def test_the_first_model_becomes_champion() -> None:
    assert judge(_predictions(0.5), None).promote


@pytest.mark.parametrize(("challenger", "promoted"), [(0.5, True), (0.6, True), (0.499999, True), (0.4, False)])
def test_later_ones_must_score_no_worse_on_the_same_matches(challenger: float, promoted: bool) -> None:
    verdict = judge(_predictions(challenger, n=20), _predictions(0.5))
    assert verdict.promote is promoted
    assert verdict.matches == 10
    assert np.sign(verdict.difference) == np.sign(0.5 - challenger)
    assert verdict.reason.endswith("no worse than it") is promoted


def test_without_a_common_match_there_is_no_evidence_and_no_promotion() -> None:
    verdict = judge(_predictions(0.9, start=10), _predictions(0.5))
    assert not verdict.promote
    assert "no evidence" in verdict.reason


def test_the_code_version_is_stable_and_names_the_release() -> None:
    assert code_version() == code_version()
    assert code_version().startswith("0.1.0+")


def test_the_lineage_is_part_of_the_file(artifact: Artifact) -> None:
    assert replace(artifact, data_hash="other").dumps() != artifact.dumps()
