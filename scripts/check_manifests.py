"""Check what is deployed: the chart, rendered in all of its forms, and every other manifest.

    python scripts/check_manifests.py

Helm's own code lints and renders the chart in this process (``helm-python-sdk``), and so does the ``helm`` on the PATH
where there is one; both must give the same. What comes out is held against the schemas of the oldest Kubernetes that
the chart allows and of the newest that is known.
"""

import copy
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import jsonschema  # type: ignore[import-untyped]
import kubernetes_validate  # type: ignore[import-untyped]
import yaml

ROOT = Path(__file__).parents[1]
CHART = ROOT / "helm" / "touchline"
WARNING = 2
"""The severity from which on Helm's strict lint fails."""
Object = dict[str, Any]


class ManifestError(Exception):
    """A manifest is not what it should be; the message says how."""


class UniqueKeyLoader(yaml.SafeLoader):
    """Refuses a key that stands twice in a mapping, of which others silently keep the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """The mapping, if its keys differ."""
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                mark = key_node.start_mark
                raise yaml.constructor.ConstructorError(None, None, f"the key {key!r} stands there twice", mark)
            seen.add(key)
        return super().construct_mapping(node, deep)


def documents(text: str) -> list[Any]:
    """The documents of a YAML text that are not empty.

    Raises:
        ManifestError: it is no YAML, or a key stands twice.
    """
    try:
        return [found for found in yaml.load_all(text, Loader=UniqueKeyLoader) if found is not None]
    except yaml.YAMLError as error:
        raise ManifestError(f"no good YAML: {error}") from error


@dataclass(frozen=True, slots=True)
class Release:
    """What a chart is rendered for."""

    values: str = ""
    name: str = "touchline"
    namespace: str = "football"


class Helm(Protocol):
    """Something that lints and renders a chart as Helm does."""

    def lint(self, chart: Path, values: str) -> list[str]:
        """What is wrong or doubtful in a chart."""

    def render(self, chart: Path, release: Release) -> list[Object]:
        """The objects that an installation would make; ``ManifestError`` with Helm's words where it would fail."""


class Library:
    """Helm 4 in this process."""

    def __init__(self) -> None:
        """Load it; takes a moment, since it is large."""
        import helm_python

        self._helm = helm_python

    def lint(self, chart: Path, values: str) -> list[str]:
        """What is wrong or doubtful in a chart."""
        try:
            report = self._helm.lint(chart, self._helm.values_from_yaml(values), strict=True)
        except self._helm.HelmError as error:
            return [str(error)]
        return [f"{m['path']}: {m['error']}" for m in report["messages"] if m["severity"] >= WARNING]

    def render(self, chart: Path, release: Release) -> list[Object]:
        """The objects that an installation would make."""
        files = self.files(chart, release)
        return [found for file, text in files.items() if not file.endswith(".txt") for found in documents(text)]

    def files(self, chart: Path, release: Release) -> dict[str, str]:
        """The text that each template gives, the notes among them."""
        try:
            values = self._helm.values_from_yaml(release.values)
            with self._helm.Chart.load(chart) as loaded:
                return loaded.render(values, name=release.name, namespace=release.namespace)
        except self._helm.HelmError as error:
            raise ManifestError(str(error)) from error


class Binary:
    """A ``helm`` of this machine, of version 3 or 4."""

    def __init__(self, program: str) -> None:
        """Use the program at a path."""
        self._program = program

    def lint(self, chart: Path, values: str) -> list[str]:
        """What is wrong or doubtful in a chart."""
        try:
            self._run("lint", str(chart), "--strict", *self._options(chart), given=values)
        except ManifestError as error:
            return [str(error)]
        return []

    def render(self, chart: Path, release: Release) -> list[Object]:
        """The objects that an installation would make."""
        where = ("--namespace", release.namespace, *self._options(chart))
        return documents(self._run("template", release.name, str(chart), *where, given=release.values))

    @staticmethod
    def _options(chart: Path) -> tuple[str, ...]:
        # Without a cluster helm takes the Kubernetes that it was built with, which may be too old for the chart.
        return ("--kube-version", f"{oldest_kubernetes(chart)}.0", "--values", "-")

    def _run(self, *arguments: str, given: str) -> str:
        # Settings of a user must not count, plugins among them.
        clean = {name: value for name, value in os.environ.items() if not name.startswith("HELM_")}
        command = [self._program, *arguments]
        done = subprocess.run(command, input=given, capture_output=True, text=True, env=clean, check=False)
        if done.returncode:
            raise ManifestError(f"{done.stdout}{done.stderr}".strip())
        return done.stdout


def engines() -> dict[str, Helm]:
    """What renders charts here, by name.

    Raises:
        ManifestError: there is nothing.
    """
    found: dict[str, Helm] = {}
    try:
        found["helm-python-sdk"] = Library()
    except ImportError:
        print("helm-python-sdk is not installed", file=sys.stderr)
    program = shutil.which("helm")
    if program is not None:
        found[program] = Binary(program)
    if not found:
        raise ManifestError("nothing here renders charts: install the development dependencies, or helm")
    return found


def oldest_kubernetes(chart: Path) -> str:
    """The oldest version that a chart allows, such as 1.28."""
    allowed: str = yaml.safe_load((chart / "Chart.yaml").read_text(encoding="utf-8"))["kubeVersion"]
    found = re.search(r">=\s*(\d+\.\d+)", allowed)
    if found is None:
        raise ManifestError(f"kubeVersion {allowed!r} names no oldest version")
    return found[1]


def check_objects(objects: list[Object], kubernetes: str) -> Iterator[str]:
    """What a Kubernetes of some version would refuse: unknown fields, wrong types, and the same object twice."""
    seen: set[tuple[str, str]] = set()
    for found in objects:
        name = (found["kind"], found["metadata"]["name"])
        if name in seen:
            yield f"{'/'.join(name)} is made twice"
        seen.add(name)
        try:
            kubernetes_validate.validate(found, kubernetes, strict=True)
        except kubernetes_validate.ValidationError as error:
            yield f"{'/'.join(name)}, Kubernetes {kubernetes}: {error.json_path}: {error.message}"
        except kubernetes_validate.SchemaNotFoundError as error:
            yield error.message


def check_chart(chart: Path, helms: dict[str, Helm]) -> Iterator[str]:
    """What is wrong with a chart, with its defaults and with each file of values in its ``ci`` folder."""
    files = sorted((chart / "ci").glob("*-values.yaml"))
    forms = {"the default values": ""} | {file.name: file.read_text(encoding="utf-8") for file in files}
    versions = (oldest_kubernetes(chart), kubernetes_validate.latest_version())
    for form, values in forms.items():
        results: dict[str, list[Object]] = {}
        for engine, helm in helms.items():
            yield from (f"{form}: {engine} lint: {problem}" for problem in helm.lint(chart, values))
            try:
                results[engine] = helm.render(chart, Release(values))
            except ManifestError as error:
                yield f"{form}: {engine}: {error}"
        for engine, objects in results.items():
            yield from (f"{form}: {problem}" for version in versions for problem in check_objects(objects, version))
            first = next(iter(results))
            if _sorted(objects) != _sorted(results[first]):
                yield f"{form}: {engine} and {first} render it differently"


def _sorted(objects: list[Object]) -> list[str]:
    return sorted(json.dumps(found, sort_keys=True) for found in objects)


def check_schema(schema: Object, defaults: Object) -> Iterator[str]:
    """Where a chart's schema would let a wrong value through, or not the defaults.

    Every group must refuse a key that it does not know, and to miss one that templates cannot do without. Every value
    must refuse what is of another type, beyond its bounds or, where it has words or a form of its own, is not of them.
    """
    validator = jsonschema.Draft7Validator(schema)
    for error in validator.iter_errors(defaults):
        yield f"the default of {error.json_path} is refused: {error.message}"
    for path, wrong in _wrong_values(schema, ()):
        values = copy.deepcopy(defaults)
        group = values
        for name in path[:-1]:
            group = group[name]
        if wrong is GONE:
            del group[path[-1]]
        else:
            group[path[-1]] = wrong
        if validator.is_valid(values):
            yield f"{'.'.join(path)} could be {'missing' if wrong is GONE else repr(wrong)}"


GONE = object()
"""In place of a value: none at all."""
ANY_WORD = {"storageClass"}
"""What is free to be any word."""


def _wrong_values(group: Object, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], object]]:
    """What is wrong at each place."""
    yield (*path, "noSuchValue"), {}
    yield from (((*path, name), GONE) for name in group["required"])
    for name, rule in group["properties"].items():
        if "default" in rule:
            yield from (((*path, name), wrong) for wrong in _wrong(rule, free=name in ANY_WORD))
        elif name != "global":
            yield from _wrong_values(rule, (*path, name))


def _wrong(rule: Object, *, free: bool) -> Iterator[object]:
    """What is wrong for one value."""
    kinds = {"boolean": True, "integer": 7, "number": 7.5, "string": "a", "array": [], "object": {}, "null": None}
    yield from (value for kind, value in kinds.items() if kind != rule["type"])
    if "minimum" in rule:
        yield rule["minimum"] - 1
    if "maximum" in rule:
        yield rule["maximum"] + 1
    if rule["type"] == "string" and not free:
        yield "no such, word"


def check_files(root: Path) -> Iterator[str]:
    """What cannot be read of the manifests beside the chart."""
    files = [*sorted((root / "manifests").rglob("*.yaml")), *sorted((root / "manifests").rglob("*.yml"))]
    for file in [*files, root / "skaffold.yaml"]:
        if file.exists():
            try:
                documents(file.read_text(encoding="utf-8"))
            except ManifestError as error:
                yield f"{file.relative_to(root)}: {error}"


def main() -> None:
    """Check all of it."""
    try:
        helms = engines()
        schema = json.loads((CHART / "values.schema.json").read_text(encoding="utf-8"))
        defaults = yaml.safe_load((CHART / "values.yaml").read_text(encoding="utf-8"))
        problems = [*check_chart(CHART, helms), *check_schema(schema, defaults), *check_files(ROOT)]
    except ManifestError as error:
        problems = [str(error)]
    for problem in problems:
        print(problem, file=sys.stderr)
    if problems:
        sys.exit(f"check_manifests: {len(problems)} found")
    print(f"The manifests are good ({' and '.join(helms)}).")


if __name__ == "__main__":
    main()
