"""What the chart makes of its values."""

import copy
import json
import re
import tarfile
import tomllib
from pathlib import Path
from typing import Any

import helm_python
import pytest
import typer
import yaml
from scripts.check_manifests import CHART, ROOT, ManifestError, Object, check_objects, oldest_kubernetes

from tests.unit.helm.conftest import DATABASE, PRODUCTION, SERVERS, Rendered
from touchline.cli.main import app
from touchline.cli.serve import DEMO_DAY
from touchline.config import load_settings

DOCKERFILE = (ROOT / "Dockerfile").read_text()
CI = {file.name: file.read_text() for file in sorted((CHART / "ci").glob("*-values.yaml"))}
DIGEST = f"sha256:{'0123456789abcdef' * 4}"


def refusal(values: Object | str, name: str = "touchline") -> str:
    """The words with which an installation is refused."""
    with pytest.raises(ManifestError) as caught:
        Rendered(values, name)
    return str(caught.value)


def leaves(values: Object, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """The paths of what the chart itself has a value for."""
    defaults: Any = yaml.safe_load((CHART / "values.yaml").read_text())
    for name in path:
        defaults = defaults[name]
    found = []
    for name, below in values.items():
        group = isinstance(below, dict) and isinstance(defaults[name], dict) and defaults[name]
        found += leaves(below, (*path, name)) if group else [(*path, name)]
    return found


# Pods


def security(pod: Object) -> list[Object]:
    """The containers of a pod whose pod-level security is as it must be."""
    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"] | {"fsGroupChangePolicy": ""} == {
        "runAsNonRoot": True,
        "runAsUser": 10001,
        "runAsGroup": 10001,
        "fsGroup": 10001,
        "fsGroupChangePolicy": "",
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    assert not {"hostNetwork", "hostPID", "hostIPC"} & pod.keys()
    return [*pod.get("initContainers", []), *pod["containers"]]


@pytest.mark.parametrize("values", ["", *CI.values()], ids=["default", *CI])
def test_no_container_has_more_rights_than_it_needs(values: str) -> None:
    rendered = Rendered(values)
    containers = security(rendered.pod) + security(rendered.one("Pod")["spec"])
    assert len(containers) >= 2
    for container in containers:
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert {"cpu", "memory"} <= container["resources"]["requests"].keys()
        assert "memory" in container["resources"]["limits"]


def test_what_must_be_writable_is_a_volume(demo: Rendered) -> None:
    mounts = {m["mountPath"]: m["name"] for m in demo.predictor["volumeMounts"]}
    assert mounts == {"/var/lib/touchline": "data", "/tmp": "scratch"}  # noqa: S108 - in the pod
    assert demo.pod["volumes"] == [{"name": name, "emptyDir": {}} for name in ("data", "scratch")]
    assert demo.init[0]["volumeMounts"] == demo.predictor["volumeMounts"]


def test_user_port_and_folder_are_those_of_the_image(demo: Rendered) -> None:
    context = demo.pod["securityContext"]
    assert f"USER {context['runAsUser']}:{context['runAsGroup']}\n" in DOCKERFILE
    assert f"EXPOSE {demo.predictor['ports'][0]['containerPort']}\n" in DOCKERFILE
    assert f"TOUCHLINE_HOME={demo.predictor['volumeMounts'][0]['mountPath']} " in DOCKERFILE
    assert 'ENTRYPOINT ["touchline"]' in DOCKERFILE


def test_probes_ask_what_each_is_for(demo: Rendered) -> None:
    probes = {kind: demo.predictor[f"{kind}Probe"] for kind in ("startup", "readiness", "liveness")}
    paths = {kind: probe["httpGet"]["path"] for kind, probe in probes.items()}
    assert paths == {"startup": "/livez", "readiness": "/readyz", "liveness": "/livez"}
    assert {probe["httpGet"]["port"] for probe in probes.values()} == {"http"}
    assert demo.predictor["ports"] == [{"name": "http", "containerPort": 3000}]


@pytest.mark.parametrize("seconds", [10, 61, 120])
def test_the_startup_probe_spends_the_budget_and_no_less(seconds: int) -> None:
    probe = Rendered({"startupSeconds": seconds}).predictor["startupProbe"]
    assert seconds <= probe["failureThreshold"] * probe["periodSeconds"] < seconds + probe["periodSeconds"]


def test_a_pod_drains_before_it_stops_and_has_time_for_both() -> None:
    slow = Rendered({"drainSeconds": 40})
    assert slow.predictor["lifecycle"]["preStop"]["exec"]["command"] == ["sleep", "40"]
    assert slow.pod["terminationGracePeriodSeconds"] == 55
    assert "lifecycle" not in Rendered({"drainSeconds": 0}).predictor


def test_service_names_do_not_become_settings(demo: Rendered) -> None:
    # A Service named touchline would set TOUCHLINE_PORT=tcp://…
    assert demo.pod["enableServiceLinks"] is False
    assert demo.one("Pod")["spec"]["enableServiceLinks"] is False


def test_commands_are_ones_that_the_program_has() -> None:
    program = typer.main.get_command(app)
    for container in (Rendered({}).init[0], Rendered(PRODUCTION).init[0], Rendered({}).predictor):
        arguments = list(container["args"])
        command, context = program, program.make_context("touchline", arguments)
        while isinstance(command, typer.core.TyperGroup):
            name, found, arguments = command.resolve_command(context, list(arguments))
            assert found is not None
            context = found.make_context(name, list(arguments), parent=context)
            command = found


def test_the_server_listens_where_the_probes_ask(demo: Rendered) -> None:
    program = typer.main.get_command(app)
    assert isinstance(program, typer.core.TyperGroup)
    name, serve, rest = program.resolve_command(program.make_context("touchline", ["serve"]), demo.predictor["args"])
    assert serve is not None
    context = serve.make_context(name, list(rest))
    assert context.params["port"] == demo.predictor["ports"][0]["containerPort"]
    assert context.params["host"] == "0.0.0.0"  # noqa: S104 - a probe comes from outside the pod


def test_variables_are_ones_that_the_program_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    found = Rendered({**SERVERS, "asOf": "2025-02-14"}).environment
    assert found.keys() == {"TOUCHLINE_DATABASE_URL", "MLFLOW_TRACKING_URI", "TOUCHLINE_AS_OF"}
    for name, variable in found.items():
        monkeypatch.setenv(name, variable.get("value", "postgresql://host/name"))
    settings = load_settings()
    assert settings.store_url == "postgresql://host/name"
    assert settings.mlflow_uri == "http://mlflow:5000"
    assert settings.as_of is not None
    assert settings.as_of.isoformat() == "2025-02-14"


# The image


def test_the_image_is_of_the_chart_s_release_by_default(demo: Rendered) -> None:
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text())
    assert demo.predictor["image"] == f"touchline-predictor:{chart['appVersion']}"
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert chart["appVersion"] == project["version"]


def test_a_digest_wins_over_a_tag() -> None:
    rendered = Rendered({"image": {"repository": "host:5000/a/b", "tag": "1.2.3", "digest": DIGEST}})
    images = {c["image"] for c in [*rendered.init, rendered.predictor, *rendered.one("Pod")["spec"]["containers"]]}
    assert images == {f"host:5000/a/b@{DIGEST}"}
    assert rendered.one("Deployment")["metadata"]["labels"]["app.kubernetes.io/version"] == "1.2.3"


def test_a_tag_may_be_as_long_as_a_registry_allows() -> None:
    tag = "a" * 64 + "-" * 64
    assert Rendered({"image": {"tag": tag}}).predictor["image"] == f"touchline-predictor:{tag}"
    assert "tag" in refusal({"image": {"tag": f"{tag}b"}})


def test_latest_is_no_tag_but_for_a_label() -> None:
    assert "image.tag is latest" in refusal({"image": {"tag": "latest"}})
    assert Rendered({"image": {"tag": "latest", "digest": DIGEST}}).predictor["image"].endswith(DIGEST)


# The demo, migrations, and where data lies


def test_by_default_the_sample_is_prepared_in_the_data_folder(demo: Rendered) -> None:
    assert [container["args"] for container in demo.init] == [["demo", "--prepare"]]
    assert demo.environment == {}
    assert f"stand on {DEMO_DAY}." in demo.notes


@pytest.mark.parametrize(
    "values",
    [
        DATABASE | {"persistence": {"enabled": True}},
        {"tracking": {"uri": "http://mlflow:5000"}, "persistence": {"enabled": True}},
        {"persistence": {"existingClaim": "mine"}},
    ],
    ids=["database", "tracking", "claim"],
)
def test_the_sample_never_reaches_what_is_somebody_s_own(values: Object) -> None:
    rendered = Rendered({"demo": {"enabled": True}, **values})
    assert "demo" not in json.dumps([container["args"] for container in rendered.init])


def test_a_database_is_migrated_before_a_pod_serves(production: Rendered) -> None:
    assert [container["args"] for container in production.init] == [["db", "upgrade"]]
    assert production.init[0]["env"] == production.predictor["env"]
    assert Rendered({**PRODUCTION, "migration": {"enabled": False}}).init == []


def test_a_volume_keeps_the_data_of_one_pod_at_a_time() -> None:
    rendered = Rendered({"persistence": {"enabled": True, "size": "5Gi", "storageClass": "fast"}})
    claim = rendered.one("PersistentVolumeClaim")
    assert claim["spec"]["resources"]["requests"]["storage"] == "5Gi"
    assert claim["spec"]["storageClassName"] == "fast"
    assert claim["metadata"]["annotations"]["helm.sh/resource-policy"] == "keep"
    assert rendered.pod["volumes"][0]["persistentVolumeClaim"]["claimName"] == claim["metadata"]["name"]
    assert rendered.one("Deployment")["spec"]["strategy"] == {"type": "Recreate"}


def test_a_claim_of_the_user_s_is_taken_and_none_is_made() -> None:
    for enabled in (False, True):
        rendered = Rendered({"persistence": {"enabled": enabled, "existingClaim": "mine"}})
        assert rendered.pod["volumes"][0]["persistentVolumeClaim"]["claimName"] == "mine"
        assert rendered.all_of("PersistentVolumeClaim") == []


def test_replicas_are_replaced_without_a_gap(production: Rendered) -> None:
    rolling = production.one("Deployment")["spec"]["strategy"]["rollingUpdate"]
    assert rolling == {"maxUnavailable": 0, "maxSurge": 1}


# What does not fit together


@pytest.mark.parametrize(
    ("values", "sentences"),
    [
        ({"replicas": 2}, ["name a database in database.existingSecret", "name an MLflow server in tracking.uri"]),
        ({"replicas": 2, **DATABASE}, ["each pod would look for models in a registry of its own"]),
        ({**PRODUCTION, "persistence": {"enabled": True}}, ["the volume of the data folder is for one pod"]),
        ({**PRODUCTION, "persistence": {"existingClaim": "mine"}}, ["the volume of the data folder is for one pod"]),
        (DATABASE, ["There would be no model to serve"]),
        ({"tracking": {"uri": "http://mlflow"}}, ["There would be no matches to serve"]),
        ({"demo": {"enabled": False}}, ["There would be no matches to serve", "There would be no model to serve"]),
    ],
)
def test_what_could_never_serve_is_refused_with_a_sentence_each(values: Object, sentences: list[str]) -> None:
    said = refusal(values).split("\n\n", 1)[1].strip().splitlines()
    assert len(said) == len(sentences)
    for sentence, wanted in zip(said, sentences, strict=True):
        assert wanted in sentence
        assert sentence.endswith(".")


@pytest.mark.parametrize("name", ["1st", "a.b"])
def test_a_name_that_no_service_can_have_is_refused(name: str) -> None:
    assert "set fullnameOverride" in refusal({}, name)
    assert Rendered({"fullnameOverride": "first"}, name).one("Service")["metadata"]["name"] == "first"


@pytest.mark.parametrize(
    ("values", "place"),
    [
        ({"canary": {"weight": 5}}, "canary"),
        ({"release": {"strategy": "canary"}}, "release"),
        ({"image": {"tags": "1"}}, "tags"),
        ({"replicas": "3"}, "replicas"),
        ({"replicas": 1.5}, "replicas"),
        ({"image": {"tag": 1.1}}, "tag"),
        ({"image": {"digest": "sha256:abc"}}, "digest"),
        ({"image": {"pullPolicy": "Sometimes"}}, "pullPolicy"),
        ({"asOf": "14.02.2025"}, "asOf"),
        ({"service": {"port": 0}}, "port"),
        ({"extraEnv": [{"name": "A", "value": 1}]}, "extraEnv"),
        ({"extraEnv": {"A": "1"}}, "extraEnv"),
        ({"database": None}, "database"),
    ],
)
def test_the_schema_refuses_and_names_the_place(values: Object, place: str) -> None:
    said = refusal(values)
    assert "schema" in said
    assert place in said


def test_a_day_needs_no_quotes() -> None:
    assert Rendered("asOf: 2025-02-14").environment["TOUCHLINE_AS_OF"]["value"] == "2025-02-14"


# Secrets


def test_the_database_s_address_comes_from_a_secret_alone() -> None:
    rendered = Rendered({**SERVERS, "database": {"existingSecret": "football", "key": "address"}})
    for container in [*rendered.init, rendered.predictor]:
        (variable,) = [v for v in container["env"] if v["name"] == "TOUCHLINE_DATABASE_URL"]
        reference = {"secretKeyRef": {"name": "football", "key": "address"}}
        assert variable == {"name": "TOUCHLINE_DATABASE_URL", "valueFrom": reference}


@pytest.mark.parametrize(
    "values",
    [
        {"tracking": {"uri": "https://me:hunter2@mlflow"}},
        {"extraEnv": [{"name": "TOUCHLINE_DATABASE_URL", "value": "postgresql://me:hunter2@host/name"}]},
        {"extraEnv": [{"name": "MLFLOW_TRACKING_PASSWORD", "value": "hunter2"}]},
        {"extraEnv": [{"name": "AWS_SECRET_ACCESS_KEY", "value": "hunter2"}]},
        {"database": {"existingSecret": "postgresql://me:hunter2@host/name"}},
    ],
)
def test_a_password_has_no_way_in(values: Object) -> None:
    refusal({**SERVERS, **values})


def test_a_secret_can_be_referred_to() -> None:
    reference = {"secretKeyRef": {"name": "mlflow", "key": "password"}}
    variable = {"name": "MLFLOW_TRACKING_PASSWORD", "valueFrom": reference}
    rendered = Rendered({**SERVERS, "extraEnv": [variable]})
    assert rendered.environment["MLFLOW_TRACKING_PASSWORD"] == variable
    assert variable in rendered.init[0]["env"]


@pytest.mark.parametrize("values", ["", *CI.values()], ids=["default", *CI])
def test_the_chart_makes_nothing_that_holds_a_secret(values: str) -> None:
    assert {found["kind"] for found in Rendered(values).objects} <= {
        *("Deployment", "PersistentVolumeClaim", "Pod", "PodDisruptionBudget", "Service", "ServiceAccount")
    }


@pytest.mark.parametrize(
    "name", ["TOUCHLINE_DATABASE_URL", "MLFLOW_TRACKING_URI", "TOUCHLINE_TRACKING_URI", "TOUCHLINE_AS_OF"]
)
def test_no_variable_is_set_in_two_places(name: str) -> None:
    assert f"extraEnv sets {name}" in refusal({"extraEnv": [{"name": name, "value": "x"}]})


# Names and labels


def test_selectors_match_the_pods_and_never_change(production: Rendered) -> None:
    deployment = production.one("Deployment")
    selector = deployment["spec"]["selector"]["matchLabels"]
    # A Deployment's selector cannot be changed, so an upgrade of chart, image or replicas must not touch it.
    other = Rendered({**SERVERS, "image": {"tag": "9.9.9"}, "podLabels": {"team": "a"}}).one("Deployment")
    assert selector == other["spec"]["selector"]["matchLabels"]
    assert selector == {
        "app.kubernetes.io/name": "touchline",
        "app.kubernetes.io/instance": "touchline",
        "app.kubernetes.io/component": "predictor",
    }
    assert production.one("Service")["spec"]["selector"] == selector
    assert production.one("PodDisruptionBudget")["spec"]["selector"]["matchLabels"] == selector
    assert selector.items() <= deployment["spec"]["template"]["metadata"]["labels"].items()


def test_a_user_s_labels_cannot_take_pods_out_of_the_service() -> None:
    rendered = Rendered({"podLabels": {"app.kubernetes.io/component": "other", "team": "a"}})
    labels = rendered.one("Deployment")["spec"]["template"]["metadata"]["labels"]
    assert labels["app.kubernetes.io/component"] == "predictor"
    assert labels["team"] == "a"


def test_the_test_pod_is_not_behind_the_service(demo: Rendered) -> None:
    labels = demo.one("Pod")["metadata"]["labels"]
    assert not demo.one("Service")["spec"]["selector"].items() <= labels.items()


@pytest.mark.parametrize("values", ["", *CI.values()], ids=["default", *CI])
def test_every_object_says_whose_it_is(values: str) -> None:
    for found in Rendered(values, "mine", "there").objects:
        metadata = found["metadata"]
        assert metadata["namespace"] == "there"
        assert metadata["labels"]["app.kubernetes.io/instance"] == "mine"
        assert metadata["labels"]["app.kubernetes.io/managed-by"] == "Helm"
        assert metadata["labels"]["helm.sh/chart"].startswith("touchline-")


@pytest.mark.parametrize(
    ("values", "release"),
    [
        ({}, f"{'r' * 52}x"),
        ({"fullnameOverride": "f" * 80}, "touchline"),
        ({"nameOverride": "n" * 80}, "touchline"),
        ({"fullnameOverride": f"{'f' * 62}-end"}, "touchline"),
        ({"image": {"tag": f"{'t' * 62}-{'t' * 65}"}}, "touchline"),
    ],
)
def test_names_and_labels_fit_into_63_characters(values: Object, release: str) -> None:
    label = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?")
    for found in Rendered({**PRODUCTION, **values}, release).objects:
        assert re.fullmatch(r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?", found["metadata"]["name"])
        assert all(label.fullmatch(value) for value in found["metadata"]["labels"].values())


def test_the_release_s_name_is_not_doubled() -> None:
    assert Rendered({}, "touchline").one("Service")["metadata"]["name"] == "touchline"
    assert Rendered({}, "my-touchline").one("Service")["metadata"]["name"] == "my-touchline"
    assert Rendered({}, "mine").one("Service")["metadata"]["name"] == "mine-touchline"


def test_words_that_yaml_reads_as_something_else_stay_words() -> None:
    odd = {
        "fullnameOverride": "true",
        "nameOverride": "null",
        "image": {"tag": "1.10"},
        "database": {"existingSecret": "123", "key": "1.5"},
        "serviceAccount": {"name": "42"},
        "podLabels": {"a": "1", "b": "yes"},
    }
    volume = {"persistence": {"enabled": True, "storageClass": "1", "size": "1"}}
    for values in ({**PRODUCTION, **odd}, {**odd, **volume}, {"persistence": {"existingClaim": "7"}}):
        objects = Rendered(values, "x123", "456").objects
        assert list(check_objects(objects, oldest_kubernetes(CHART))) == []


# Beside the pods


@pytest.mark.parametrize(("replicas", "budgets"), [(0, 0), (1, 0), (2, 1), (3, 1)])
def test_a_disruption_budget_only_where_there_is_one_to_spare(replicas: int, budgets: int) -> None:
    found = Rendered({**SERVERS, "replicas": replicas}).all_of("PodDisruptionBudget")
    assert len(found) == budgets
    assert all(budget["spec"]["maxUnavailable"] == 1 < replicas for budget in found)


def test_the_service_leads_to_the_pods_port() -> None:
    service = Rendered({"service": {"port": 8080}}).one("Service")["spec"]
    assert service["ports"] == [{"name": "http", "port": 8080, "targetPort": "http"}]


def test_a_service_account_without_a_token() -> None:
    own = Rendered({})
    assert own.one("ServiceAccount")["automountServiceAccountToken"] is False
    assert own.pod["serviceAccountName"] == own.one("ServiceAccount")["metadata"]["name"]
    named = Rendered({"serviceAccount": {"create": False, "name": "other"}})
    assert named.all_of("ServiceAccount") == []
    assert named.pod["serviceAccountName"] == "other"
    assert Rendered({"serviceAccount": {"create": False}}).pod["serviceAccountName"] == "default"


def test_the_notes_say_what_comes_next(demo: Rendered, production: Rendered) -> None:
    for rendered in (demo, production):
        assert "kubectl -n football rollout status deployment/touchline" in rendered.notes
        assert "helm -n football test touchline" in rendered.notes
    assert "create secret generic touchline-database --from-file=url=" in demo.notes
    assert "create secret" not in production.notes
    assert "touchline train --league E0" in production.notes
    assert "db upgrade" not in production.notes
    assert "touchline db upgrade" in Rendered({**PRODUCTION, "migration": {"enabled": False}}).notes


# Every value counts


def test_some_form_sets_every_value() -> None:
    defaults = yaml.safe_load((CHART / "values.yaml").read_text())
    everything = leaves(defaults)
    set_somewhere = {path for text in CI.values() for path in leaves(yaml.safe_load(text))}
    # These would put the sample, or a second place for it, beside the servers that the other files name.
    assert set(everything) - set_somewhere == {("demo", "enabled"), ("persistence", "existingClaim")}


@pytest.mark.parametrize("form", CI)
def test_every_value_that_is_set_changes_what_is_made(form: str) -> None:
    values = yaml.safe_load(CI[form])
    whole = Rendered(values).objects
    for path in leaves(values):
        less = copy.deepcopy(values)
        group = less
        for name in path[:-1]:
            group = group[name]
        del group[path[-1]]
        try:
            assert Rendered(less).objects != whole, f"{'.'.join(path)} changes nothing"
        except ManifestError:
            continue  # without it, nothing could be installed at all


def test_the_package_holds_what_an_installation_needs_and_no_more(tmp_path: Path) -> None:
    archive = helm_python.package(CHART, destination=tmp_path)
    with tarfile.open(archive) as packed:
        names = {Path(name).relative_to("touchline").as_posix() for name in packed.getnames()}
    assert {"Chart.yaml", "README.md", "values.yaml", "values.schema.json", "files/serves.py"} <= names
    assert not any(name.startswith("ci/") for name in names)
