"""The chart, rendered by Helm's own code in this process."""

import json
from typing import Any

import pytest
from scripts.check_manifests import CHART, Library, Object, Release

HELM = Library()
DATABASE = {"database": {"existingSecret": "touchline-database"}}
SERVERS: dict[str, Any] = {**DATABASE, "tracking": {"uri": "http://mlflow:5000"}}
"""Values that name the servers which several replicas need."""
PRODUCTION = {**SERVERS, "replicas": 3}


class Rendered:
    """What an installation with some values makes."""

    def __init__(self, values: Object | str, name: str = "touchline", namespace: str = "football") -> None:
        # As JSON, which is YAML that every parser reads alike.
        text = values if isinstance(values, str) else json.dumps(values)
        release = Release(text, name, namespace)
        self.objects = HELM.render(CHART, release)
        self.notes = HELM.files(CHART, release)["touchline/templates/NOTES.txt"]

    def all_of(self, kind: str) -> list[Object]:
        """The objects of a kind."""
        return [found for found in self.objects if found["kind"] == kind]

    def one(self, kind: str) -> Object:
        """The only object of a kind."""
        (found,) = self.all_of(kind)
        return found

    @property
    def pod(self) -> Object:
        """The specification of the predictor's pods."""
        found: Object = self.one("Deployment")["spec"]["template"]["spec"]
        return found

    @property
    def predictor(self) -> Object:
        """The container that serves."""
        (found,) = self.pod["containers"]
        return dict(found)

    @property
    def init(self) -> list[Object]:
        """The containers that run before it."""
        found: list[Object] = self.pod.get("initContainers", [])
        return found

    @property
    def environment(self) -> dict[str, Object]:
        """The environment of the container that serves, by name."""
        return {variable["name"]: variable for variable in self.predictor.get("env", [])}


@pytest.fixture
def production() -> Rendered:
    """Three replicas on servers."""
    return Rendered(PRODUCTION)


@pytest.fixture
def demo() -> Rendered:
    """The default values."""
    return Rendered({})
