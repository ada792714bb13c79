"""The bento in a real server process: endpoints, errors, metrics."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import jsonschema
import pytest

from tests.integration.conftest import AS_OF
from touchline.config import Settings
from touchline.training.demo import Prepared

TOTTENHAM = "E0-2024-2025-tottenham-man-united"


def free_port() -> int:
    """A port that nobody listens on."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(home: Path, *command: str) -> Iterator[httpx.Client]:
    """A client of a server process that is ready; the process is ended after."""
    port = free_port()
    environment = os.environ | {
        "TOUCHLINE_HOME": str(home),
        "TOUCHLINE_AS_OF": AS_OF.isoformat(),
        "BENTOML_DO_NOT_TRACK": "1",
    }
    process = subprocess.Popen(
        [*command, "--port", str(port)], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=10) as client:
            deadline = time.monotonic() + 60
            while True:
                try:
                    if client.get("/readyz").status_code == 200:
                        break
                except httpx.TransportError:
                    time.sleep(0.1)
                assert process.poll() is None, process.stdout.read().decode() if process.stdout else ""
                assert time.monotonic() < deadline
            yield client
    finally:
        process.terminate()
        process.wait(15)
        if process.stdout:
            process.stdout.close()


@pytest.fixture(scope="module")
def client(demo: tuple[Settings, Prepared]) -> Iterator[httpx.Client]:
    """A client of ``touchline serve``."""
    with served(demo[0].home, sys.executable, "-m", "touchline.cli.main", "serve") as found:
        yield found


@pytest.mark.parametrize("path", ["/livez", "/readyz"])
def test_probes(client: httpx.Client, path: str) -> None:
    assert client.get(path).status_code == 200


def test_fixtures_are_those_from_the_day_on_and_say_that_they_are_a_replay(client: httpx.Client) -> None:
    body = client.get("/v1/fixtures", params={"league": "E0", "until": "2025-02-16"}).json()
    assert body["replay"]["as_of"] == "2025-02-14"
    assert len(body["fixtures"]) == 10
    assert {f["match"]["date"] for f in body["fixtures"]} == {"2025-02-14", "2025-02-15", "2025-02-16"}
    for fixture in body["fixtures"]:
        assert sum(fixture["probabilities"].values()) == pytest.approx(1, abs=1e-9)
        assert "goals" not in fixture["match"]
    assert body["model"]["version"] == "1"
    assert body["model"]["stale"] is False


def test_predict_by_names_and_by_key_agree(client: httpx.Client) -> None:
    by_name = client.post("/v1/predict", json={"home": "tottenham", "away": "MAN UNITED"}).json()
    by_key = client.post("/v1/predict", json={"match": TOTTENHAM}).json()
    assert by_name == by_key
    assert by_key["match"]["key"] == TOTTENHAM
    grid = by_key["grid"]
    assert sum(map(sum, grid)) == pytest.approx(1, abs=1e-9)
    home_win = sum(p for h, row in enumerate(grid) for a, p in enumerate(row) if h > a)
    assert by_key["probabilities"]["home"] == pytest.approx(home_win)
    assert next(x for x in by_key["markets"]["handicap"] if x["line"] == -0.5)["win"] == pytest.approx(home_win)
    assert len(by_key["model"]["data_hash"]) == 32


def test_two_sides_without_a_fixture_are_forecast_without_a_key(client: httpx.Client) -> None:
    body = client.post("/v1/predict", json={"home": "Leeds", "away": "Arsenal", "league": "E0"}).json()
    assert body["match"]["key"] is None
    assert sum(body["probabilities"].values()) == pytest.approx(1)


@pytest.mark.parametrize(
    ("body", "field", "words"),
    [
        ({"home": "Arsenl", "away": "Chelsea"}, "home", "Arsenal"),
        ({"home": "Arsenal", "away": "Chelski"}, "away", "Chelsea"),
        ({"home": "Arsenal"}, None, "both `home` and `away`"),
        ({}, None, "both `home` and `away`"),
        ({"home": "Arsenal", "away": "arsenal"}, "away", "itself"),
        ({"home": "Arsenal", "away": "Chelsea", "league": "SP1"}, "league", "not served"),
        ({"home": "Arsenal", "away": "Chelsea", "league": "Q9"}, "league", "not known"),
        ({"home": "Arsenal", "away": "Chelsea", "colour": "red"}, "colour", "not permitted"),
        ({"home": 7, "away": "Chelsea"}, "home", "string"),
        ({"match": "E0-2024-2025-arsenal-wolves"}, "match", "was played on 2024-08-17"),
        ({"home": "x" * 5000, "away": "Chelsea"}, "home", "80"),
    ],
)
def test_bad_questions_are_problems_that_name_the_field(
    client: httpx.Client, body: dict[str, object], field: str | None, words: str
) -> None:
    answer = client.post("/v1/predict", json=body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem.get("field") == field
    assert words in problem["detail"]
    assert problem["status"] == 422
    assert "Traceback" not in answer.text


def test_an_unknown_team_comes_with_the_nearest_names(client: httpx.Client) -> None:
    problem = client.post("/v1/predict", json={"home": "Arsenl", "away": "Chelsea"}).json()
    assert problem["type"] == "urn:touchline:problem:unknown-team"
    assert problem["candidates"][0] == "Arsenal"


def test_other_errors_are_problems_too(client: httpx.Client) -> None:
    for answer, status in (
        (client.post("/v1/predict", json={"match": "no-such"}), 404),
        (client.get("/v1/no-such"), 404),
        (client.put("/v1/predict"), 405),
        (client.get("/v1/predict"), 405),
        (client.post("/v1/no-such"), 404),
        (client.post("/v1/predict", json={"home": "x" * 100_000, "away": "y"}), 413),
        (client.post("/v1/predict", content=b'{"home": 1}', headers={"content-type": "text/plain"}), 422),
        (client.get("/v1/fixtures", params={"limit": 0}), 422),
        (client.get("/v1/fixtures", params={"until": "tomorrow"}), 422),
        (client.post("/v1/predict", content="{", headers={"content-type": "application/json"}), 422),
    ):
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
        assert answer.json()["status"] == status


def test_methods_are_answered_as_http_has_it(client: httpx.Client) -> None:
    assert client.get("/v1/predict").headers["allow"] == "POST"
    head = client.head("/")
    assert (head.status_code, head.content) == (200, b"")
    assert client.request("BREW", "/").status_code in {400, 405}  # the HTTP parser may refuse it before the app does
    assert "BREW" not in client.get("/metrics").text
    assert client.get("/match/" + "x" * 300).status_code == 404


def test_the_openapi_document_describes_what_is_answered(client: httpx.Client) -> None:
    document = client.get("/openapi.json").json()
    assert set(document["paths"]) == {"/v1/fixtures", "/v1/predict"}
    schema = {"$ref": "#/components/schemas/FullForecast", "components": document["components"]}
    answer = client.post("/v1/predict", json={"match": TOTTENHAM}).json()
    jsonschema.validate(answer, schema)
    problem = client.get("/v1/no-such").json()
    jsonschema.validate(problem, {"$ref": "#/components/schemas/Problem", "components": document["components"]})
    assert "swagger-ui" in client.get("/docs").text
    assert client.get("/docs/assets/swagger-ui-bundle.js").status_code == 200


def test_metrics_count_by_route_and_not_by_path(client: httpx.Client) -> None:
    for name in ("tottenham-man-united", "liverpool-wolves"):
        assert client.get(f"/match/E0-2024-2025-{name}").status_code == 200
        assert client.post("/v1/predict", json={"match": f"E0-2024-2025-{name}"}).status_code == 200
    text = client.get("/metrics").text
    assert 'touchline_requests_total{method="GET",route="/match/{key}",status="200"}' in text
    assert "liverpool" not in text
    assert 'touchline_forecasts_total{league="E0",version="1"}' in text
    assert "touchline_model_fitted_timestamp_seconds" in text


def test_the_page_shows_the_round_with_its_later_truth_and_the_replay(client: httpx.Client) -> None:
    text = client.get("/").text
    assert "not a live forecast" in text
    assert text.count('class="bar"') == 10
    assert "it ended 3–0" in text  # Brighton beat Chelsea 3–0 on 14 February 2025
    missing = client.get("/match/no-such")
    assert missing.status_code == 404
    assert "text/html" in missing.headers["content-type"]


def test_the_folder_of_the_bento_starts_the_same_service(demo: tuple[Settings, Prepared]) -> None:
    """``bentoml serve``, as an image built by BentoML would run it."""
    bentos = Path(__file__).parents[3] / "bentos" / "predictor"
    bentoml = Path(sys.executable).with_name("bentoml")
    with served(demo[0].home, str(bentoml), "serve", "service:Predictor", "--working-dir", str(bentos)) as client:
        assert len(client.get("/v1/fixtures", params={"until": "2025-02-16"}).json()["fixtures"]) == 10
        assert "touchline_requests_total" in client.get("/metrics").text
