"""That the checks of manifests find what is wrong, and that the chart's documents are fresh."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from scripts import chart_docs
from scripts.check_manifests import (
    CHART,
    ROOT,
    Helm,
    ManifestError,
    Object,
    Release,
    check_chart,
    check_files,
    check_objects,
    check_schema,
    documents,
    oldest_kubernetes,
)

from tests.unit.helm.conftest import HELM, Rendered

DEFAULTS = yaml.safe_load((CHART / "values.yaml").read_text())
HELMS: dict[str, Helm] = {"library": HELM}


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    """A copy of the chart to spoil, with one form beside the default one."""
    copied = Path(shutil.copytree(CHART, tmp_path / "touchline"))
    for file in (copied / "ci").iterdir():
        if file.name != "production-values.yaml":
            file.unlink()
    return copied


@pytest.fixture
def schema() -> Object:
    """The chart's schema, to spoil."""
    found: Object = json.loads((CHART / "values.schema.json").read_text())
    return found


def replace(file: Path, old: str, new: str) -> None:
    """Put something else into a file, in which it must stand."""
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


# The checks


def test_the_chart_and_all_else_is_good(schema: Object) -> None:
    assert [*check_chart(CHART, HELMS), *check_schema(schema, DEFAULTS), *check_files(ROOT)] == []


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("templates/service.yaml", "targetPort: http", "targetPrt: http", "'targetPrt' was unexpected"),
        ("templates/service.yaml", "name: http", "name: [http]", "is not of type"),
        ("templates/service.yaml", "kind: Service", "kind: Sirvice", "Couldn't find schema for kind Sirvice"),
        ("templates/service.yaml", "spec:\n", "spec:\n  type: NodePort\n", "the key 'type' stands there twice"),
        ("templates/service.yaml", "spec:\n", "spec:\n {", "service.yaml"),
        ("templates/poddisruptionbudget.yaml", "policy/v1", "policy/v1beta1", "deprecated"),
        ("templates/deployment.yaml", "touchline.container", "touchline.contaner", "touchline.contaner"),
        ("ci/production-values.yaml", "replicas: 3", "replicas: three", "replicas"),
    ],
)
def test_a_spoilt_chart_is_found(chart: Path, file: str, old: str, new: str, said: str) -> None:
    replace(chart / file, old, new)
    assert said in "\n".join(check_chart(chart, HELMS))


def test_two_helms_that_differ_are_found(chart: Path) -> None:
    class Other:
        def lint(self, chart: Path, values: str) -> list[str]:
            del chart, values
            return []

        def render(self, chart: Path, release: Release) -> list[Object]:
            objects = HELM.render(chart, release)
            return [found for found in objects if found["kind"] != "Service"]

    problems = list(check_chart(chart, {**HELMS, "other": Other()}))
    said = "other and library render it differently"
    assert problems == [f"the default values: {said}", f"production-values.yaml: {said}"]


def test_an_object_that_is_made_twice_is_found() -> None:
    service = Rendered({}).one("Service")
    assert list(check_objects([service, service], "1.30")) == ["Service/touchline is made twice"]


def spoil_group(schema: Object) -> None:
    schema["properties"]["database"]["additionalProperties"] = True


def spoil_type(schema: Object) -> None:
    schema["properties"]["replicas"]["type"] = ["integer", "null"]


def spoil_pattern(schema: Object) -> None:
    del schema["properties"]["asOf"]["pattern"]


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (spoil_group, "database.noSuchValue could be {}"),
        (spoil_type, "replicas could be None"),
        (spoil_pattern, "asOf could be 'no such, word'"),
    ],
)
def test_a_schema_that_lets_something_through_is_found(schema: Object, spoil: Any, said: str) -> None:
    spoil(schema)
    assert said in list(check_schema(schema, DEFAULTS))


def test_a_schema_that_refuses_the_defaults_is_found(schema: Object) -> None:
    schema["properties"]["replicas"]["minimum"] = 2
    assert any("the default of $.replicas is refused" in problem for problem in check_schema(schema, DEFAULTS))


def test_manifests_beside_the_chart_are_read(tmp_path: Path) -> None:
    (tmp_path / "manifests" / "deep").mkdir(parents=True)
    (tmp_path / "manifests" / "deep" / "a.yml").write_text("a: 1\na: 2\n")
    (tmp_path / "manifests" / "b.yaml").write_text("a: [\n")
    (tmp_path / "manifests" / "c.yaml").write_text("a: 1\n---\nb: 2\n")
    (tmp_path / "skaffold.yaml").write_text("a: 'b\n")
    names = [problem.split(":")[0] for problem in check_files(tmp_path)]
    assert names == ["manifests/b.yaml", "manifests/deep/a.yml", "skaffold.yaml"]


def test_a_chart_that_names_no_oldest_kubernetes_is_refused(chart: Path) -> None:
    assert oldest_kubernetes(chart) == "1.28"
    replace(chart / "Chart.yaml", ">=1.28.0-0", "<2")
    with pytest.raises(ManifestError, match="names no oldest version"):
        oldest_kubernetes(chart)


def test_documents_that_are_empty_are_left_out() -> None:
    assert documents("---\na: 1\n---\n# nothing\n---\nb: 2\n") == [{"a": 1}, {"b": 2}]


# The documents


def test_readme_and_schema_are_what_the_comments_say() -> None:
    assert chart_docs.stale(CHART) == {}


@pytest.mark.parametrize(
    ("old", "new", "stale"),
    [
        ("# -- How many pods serve.", "# -- How many pods there are.", {"README.md", "values.schema.json"}),
        ("replicas: 1", "replicas: 2", {"README.md", "values.schema.json"}),
        ("# @schema {minimum: 10}", "# @schema {minimum: 20}", {"values.schema.json"}),
    ],
)
def test_a_change_of_values_makes_them_stale(chart: Path, old: str, new: str, stale: set[str]) -> None:
    replace(chart / "values.yaml", old, new)
    assert {file.name for file in chart_docs.stale(chart)} == stale


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ("# -- One.\na: 1\nb: 2\n", "b has no description"),
        ("a:\n  # -- One.\n  b: 1\n  c: x\n", "a.c has no description"),
        ("# One.\na: 1\n", "the comment above a must begin"),
        ("# -- Many.\na: {}\n", "a is empty"),
        ("- 1\n", "no mapping"),
    ],
)
def test_a_value_without_its_words_is_refused(values: str, said: str) -> None:
    with pytest.raises(chart_docs.DocsError, match=said):
        chart_docs.read(values)


def test_a_readme_without_a_place_for_the_table_is_refused(chart: Path) -> None:
    replace(chart / "README.md", chart_docs.END, "")
    with pytest.raises(chart_docs.DocsError, match="README"):
        chart_docs.stale(chart)


def test_a_comment_becomes_a_row_and_a_rule() -> None:
    values = chart_docs.read("# -- Either\n# a|b.\n# @schema {enum:\n# @schema   [a, b]}\nword: a\n")
    page = chart_docs.readme(f"Before\n{chart_docs.BEGIN}\nold\n{chart_docs.END}\nAfter\n", values)
    assert '| `word` | `"a"` | Either a\\|b. |' in page.splitlines()
    assert page.startswith("Before\n")
    assert page.endswith("After\n")
    assert "old" not in page
    rule = json.loads(chart_docs.schema(values))["properties"]["word"]
    assert rule == {"description": "Either a|b.", "type": "string", "enum": ["a", "b"], "default": "a"}
