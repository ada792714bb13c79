"""That what skaffold.yaml builds and sets fits the Dockerfile and the chart."""

import re
from typing import Any

import pytest
import yaml
from scripts.check_manifests import CHART, ROOT

from tests.unit.helm.conftest import Rendered

CONFIG = yaml.safe_load((ROOT / "skaffold.yaml").read_text())
PROFILES = {profile["name"]: profile for profile in CONFIG["profiles"]}
REPOSITORY = "registry.example.com/football/touchline-predictor"
DIGEST = f"sha256:{'a' * 64}"
# What Skaffold fills in; an image that is not pushed is tagged with the 64 digits of its identity.
FILLED = {
    "dev": {"IMAGE_REPO_touchline_predictor": "touchline-predictor", "IMAGE_TAG_touchline_predictor": "0a" * 32},
    "prod": {
        "IMAGE_REPO_touchline_predictor": REPOSITORY,
        "IMAGE_TAG_touchline_predictor": f"git-{'1' * 40}-dirty",
        "IMAGE_DIGEST_touchline_predictor": DIGEST,
        "MLFLOW_TRACKING_URI": "http://mlflow:5000",
    },
}


def rendered(profile: str) -> Rendered:
    """The release of a profile, with its values filled in."""
    (release,) = PROFILES[profile]["deploy"]["helm"]["releases"]
    assert (ROOT / release["chartPath"]).resolve() == CHART
    templates = release["setValueTemplates"].items()
    filled = {name: re.sub(r"{{\.(\w+)}}", lambda m: FILLED[profile][m[1]], text) for name, text in templates}
    values: dict[str, Any] = {}
    for path, value in {**release.get("setValues", {}), **filled}.items():
        *groups, name = path.split(".")
        place = values
        for group in groups:
            place = place.setdefault(group, {})
        place[name] = value
    return Rendered(values, release["name"])


def test_the_image_is_the_one_that_the_chart_expects() -> None:
    (artifact,) = CONFIG["build"]["artifacts"]
    assert artifact["image"] == yaml.safe_load((CHART / "values.yaml").read_text())["image"]["repository"]
    dockerfile = (ROOT / artifact["docker"]["dockerfile"]).read_text()
    for name in artifact["docker"]["buildArgs"]:
        assert re.search(rf"^ARG {name}=", dockerfile, re.MULTILINE)


def test_dev_deploys_the_sample_and_forwards_its_service() -> None:
    dev = rendered("dev")
    assert [container["args"] for container in dev.init] == [["demo", "--prepare"]]
    assert dev.predictor["image"] == f"touchline-predictor:{'0a' * 32}"
    (forward,) = PROFILES["dev"]["portForward"]
    service = dev.one("Service")
    assert forward["resourceName"] == service["metadata"]["name"]
    assert forward["port"] == service["spec"]["ports"][0]["port"]


def test_prod_deploys_replicas_by_digest_on_servers() -> None:
    prod = rendered("prod")
    assert prod.one("Deployment")["spec"]["replicas"] == 3
    assert prod.predictor["image"] == f"{REPOSITORY}@{DIGEST}"
    assert {"TOUCHLINE_DATABASE_URL", "MLFLOW_TRACKING_URI"} <= prod.environment.keys()


@pytest.mark.parametrize("profile", PROFILES)
def test_images_are_built_with_the_cache_mounts_of_the_dockerfile(profile: str) -> None:
    assert "--mount=type=cache" in (ROOT / "Dockerfile").read_text()
    assert PROFILES[profile]["build"]["local"]["useBuildkit"] is True
