"""The image as its users meet it: built by a real engine, filled from the bundled sample, asked over HTTP, stopped.

    pytest tests/e2e/images -m docker

``engine.sh`` and ``standin.sh`` beside this file bring an engine and a base image where there are none.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.docker

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
TAG = "touchline-predictor:test"
DATA = "/var/lib/touchline"
SCRATCH = "/tmp"  # noqa: S108 - in the container
# Beside data and scratch, Debian's own that are open to all, as on any machine.
OPEN_TO_ALL = {"/var/tmp", "/run/lock"}  # noqa: S108 - likewise
REVISION = "0" * 40
# On every container of this run, so that one whose client was cut off is found and removed too.
LABEL = f"touchline-test={uuid.uuid4().hex[:12]}"
MAX_BYTES = 1_200_000_000
MAX_BYTES_OF_OURS = 20_000_000
READY_WITHIN = 90
STOPPED_WITHIN = 10
NEW_CONTAINER = ("docker", "run", "--label", LABEL)
# As a careful cluster would run it; the user is the image's own.
LOCKED_DOWN = ("--read-only", "--tmpfs", SCRATCH, "--cap-drop", "ALL", "--security-opt", "no-new-privileges")


def run(*command: str, within: float = 60, stdin: str | None = None, **environment: str) -> str:
    """What a command prints; fails the test, with both of its streams, where it does not exit 0 in time."""
    options: dict[str, Any] = {"input": stdin, "capture_output": True, "text": True, "env": os.environ | environment}
    try:
        said: str = subprocess.run(command, timeout=within, check=True, **options).stdout
        return said.strip()
    except subprocess.CalledProcessError as error:
        pytest.fail(f"{error}\n{error.stdout[-4000:]}\n{error.stderr[-4000:]}")
    except subprocess.TimeoutExpired as error:
        # Of what was cut off, the streams are bytes, or none at all.
        pytest.fail(f"{error}\n{error.stdout!r}\n{error.stderr!r}")


def inspect(kind: str, name: str) -> dict[str, Any]:
    """The engine's own record of an image or a container."""
    record: dict[str, Any] = json.loads(run("docker", kind, "inspect", name))[0]
    return record


def in_image(script: str, *options: str, tag: str = TAG) -> str:
    """What a shell script prints in a new container, as the image's user."""
    return run(*NEW_CONTAINER, "--rm", "--entrypoint", "sh", *options, tag, "-c", script)


def copied_last(tag: str) -> int:
    """The bytes of the last layer that came of a COPY."""
    rows = run("docker", "history", "--no-trunc", "--human=false", "--format", "{{.Size}} {{.CreatedBy}}", tag)
    return next(int(row.split()[0]) for row in rows.splitlines() if "COPY" in row)


def remove_containers() -> None:
    """Remove what this run started, in whatever state."""
    names = run("docker", "ps", "--all", "--quiet", "--filter", f"label={LABEL}").split()
    if names:
        run("docker", "rm", "--force", "--volumes", *names)


def lock_hash() -> str:
    """The hash that the image says it was resolved from."""
    return hashlib.sha256((ROOT / "uv.lock").read_bytes()).hexdigest()


def read_by_the_build() -> list[str]:
    """The paths that the build context holds."""
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    return [line.removeprefix("!") for line in lines if line.startswith("!")]


def build(context: Path, tag: str) -> dict[str, Any]:
    """Build, with BuildKit where the engine's client has it; returns the engine's record of the image."""
    arguments = ["--tag", tag, "--build-arg", f"REVISION={REVISION}", "--build-arg", f"LOCK_SHA256={lock_hash()}"]
    dockerfile = (context / "Dockerfile").read_text()
    has_buildx = subprocess.run(["docker", "buildx", "version"], capture_output=True, check=False).returncode == 0
    if not has_buildx:
        dockerfile = re.sub(r"--mount=\S+ ", "", dockerfile)
    command = ["docker", "build", *arguments, "--file", "-", str(context)]
    run(*command, within=900, stdin=dockerfile, DOCKER_BUILDKIT=str(int(has_buildx)))
    return inspect("image", tag)


def poll[T](read: Callable[[], T], good: Callable[[T], bool], within: float) -> T:
    """The first good reading, or the last one when the time is up."""
    end = time.monotonic() + within
    while True:
        value = read()
        if good(value) or time.monotonic() > end:
            return value
        time.sleep(0.25)


@dataclass(frozen=True)
class Server:
    """A container that serves, and where."""

    container: str
    url: str

    def status(self, path: str) -> int:
        """The answer's status; 0 where nobody answers yet."""
        try:
            return httpx.get(self.url + path, timeout=5).status_code
        except httpx.TransportError:
            return 0

    def runs(self) -> bool:
        """Whether its process is still there."""
        return bool(inspect("container", self.container)["State"]["Running"])

    def logs(self) -> str:
        """The end of both of its streams."""
        done = subprocess.run(
            ["docker", "logs", "--tail", "80", self.container],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return done.stdout


@contextmanager
def serving(volume: str) -> Iterator[Server]:
    """A server over a prepared volume, on a loopback port that the engine picks; ready, or the test fails."""
    container = run(
        *(*NEW_CONTAINER, "--detach", *LOCKED_DOWN, "--volume", f"{volume}:{DATA}"),
        *("--publish", "127.0.0.1::3000", TAG),
    )
    try:
        address = run("docker", "port", container, "3000/tcp").splitlines()[0]
        server = Server(container, f"http://{address}")
        code = poll(lambda: server.status("/readyz"), lambda code: code == 200 or not server.runs(), READY_WITHIN)
        assert code == 200, f"/readyz said {code}\n{server.logs()}"
        yield server
    finally:
        subprocess.run(["docker", "rm", "--force", "--volumes", container], capture_output=True, check=False)


@pytest.fixture(scope="module")
def image() -> Iterator[dict[str, Any]]:
    """The engine's record of the image, freshly built."""
    run("bash", str(HERE / "engine.sh"), within=300)
    run("bash", str(HERE / "standin.sh"), within=600)
    yield build(ROOT, TAG)
    remove_containers()
    # The tag moves with each build: what it left behind is nobody's, and nearly a gigabyte.
    run("docker", "image", "prune", "--force", "--filter", "label=org.opencontainers.image.title=touchline predictor")


@pytest.fixture(scope="module")
def volume(image: dict[str, Any]) -> Iterator[str]:  # noqa: ARG001 - a fixture can ask for another in no other way
    """A named volume with sample, backtest and champion in it."""
    name = run("docker", "volume", "create", "--label", LABEL)
    try:
        # Without a network: what the package brings must be enough.
        run(
            *(*NEW_CONTAINER, "--rm", "--network", "none", *LOCKED_DOWN, "--volume", f"{name}:{DATA}"),
            *(TAG, "demo", "--prepare"),
            within=600,
        )
        yield name
    finally:
        remove_containers()
        run("docker", "volume", "rm", name)


@pytest.fixture(scope="module")
def server(volume: str) -> Iterator[Server]:
    """One server for the tests that only ask."""
    with serving(volume) as running:
        yield running


def test_the_user_is_a_number_and_not_root(image: dict[str, Any]) -> None:
    assert image["Config"]["User"] == "10001:10001"
    assert in_image("id -u; id -g").split() == ["10001", "10001"]


@pytest.mark.usefixtures("image")
def test_nothing_in_it_compiles() -> None:
    tools = "gcc cc g++ c++ clang make ld as"
    found = in_image(f"for tool in python {tools}; do command -v $tool; done; true").split()
    # Python is the control: the look-up itself works.
    assert found == ["/app/.venv/bin/python"]


@pytest.mark.usefixtures("image")
def test_neither_uv_nor_the_source_tree_comes_along() -> None:
    # Packages bring python modules alone, and the wheel of ours stands where an install puts it.
    assert in_image("ls -A /app; command -v uv; true").split() == [".venv"]
    place = in_image("python -c 'import touchline; print(touchline.__file__)'")
    assert place == "/app/.venv/lib/python3.12/site-packages/touchline/__init__.py"


def test_its_size_is_bounded(image: dict[str, Any]) -> None:
    assert image["Size"] < MAX_BYTES, f"{image['Size'] / 1e6:.0f} MB"


def test_the_labels_say_what_it_was_made_of(image: dict[str, Any]) -> None:
    labels = image["Config"]["Labels"]
    assert labels["org.opencontainers.image.title"] == "touchline predictor"
    assert labels["org.opencontainers.image.licenses"] == "Apache-2.0"
    assert labels["org.opencontainers.image.revision"] == REVISION
    assert labels["touchline.lock-sha256"] == lock_hash()


def test_the_health_check_asks_livez(image: dict[str, Any]) -> None:
    check = image["Config"]["Healthcheck"]["Test"]
    assert check[:2] == ["CMD", "python"]
    assert "http://127.0.0.1:3000/livez" in check[-1]


def test_the_health_check_fails_where_nobody_answers(image: dict[str, Any]) -> None:
    check = image["Config"]["Healthcheck"]["Test"][1:]
    done = subprocess.run(
        [*NEW_CONTAINER, "--rm", "--entrypoint", check[0], TAG, *check[1:]],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "Connection refused" in done.stderr


@pytest.mark.usefixtures("image")
def test_only_data_and_scratch_can_be_written() -> None:
    find = "find / -xdev -type d -writable -not -path '/proc/*' -not -path '/dev/*' 2>/dev/null; true"
    assert set(in_image(find).split()) - OPEN_TO_ALL == {DATA, SCRATCH}


@pytest.mark.usefixtures("image")
def test_the_data_folder_is_the_users_in_a_new_volume() -> None:
    # A volume takes its owner from the folder that it covers.
    assert in_image(f"touch {DATA}/a && stat -c %u:%g {DATA}", "--read-only", "--volume", DATA) == "10001:10001"


@pytest.mark.usefixtures("image")
def test_all_libraries_load_on_a_read_only_root() -> None:
    modules = "alembic, bentoml, fastapi, mlflow.pyfunc, pandas, psycopg, pyarrow.parquet, scipy.stats, sklearn"
    assert in_image(f"python -c 'import {modules}; print(7)'", *LOCKED_DOWN).endswith("7")


@pytest.mark.usefixtures("image")
def test_no_library_was_left_to_compile_at_each_start() -> None:
    script = """
import pathlib
root = pathlib.Path("/app/.venv/lib/python3.12/site-packages")
for name in ("touchline", "bentoml", "mlflow", "pandas"):
    sources = list((root / name).rglob("*.py"))
    compiled = list((root / name).rglob("*.cpython-312.pyc"))
    assert sources and len(compiled) == len(sources), (name, len(sources), len(compiled))
print("compiled")
"""
    assert in_image(f"python -c '{script}'") == "compiled"


def test_a_change_of_our_code_is_all_that_a_new_image_adds(image: dict[str, Any], tmp_path: Path) -> None:
    for name in ("Dockerfile", ".dockerignore", *read_by_the_build()):
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif source.exists():
            (tmp_path / name).parent.mkdir(exist_ok=True)
            shutil.copy(source, tmp_path / name)
    with (tmp_path / "src" / "touchline" / "__init__.py").open("a") as module:
        module.write("\nCHANGED = 'changed'\n")
    tag = f"{TAG}-changed"
    try:
        changed = build(tmp_path, tag)
        pairs = zip(image["RootFS"]["Layers"], changed["RootFS"]["Layers"], strict=True)
        assert sum(old != new for old, new in pairs) == 1
        assert 0 < copied_last(tag) < MAX_BYTES_OF_OURS
        assert in_image("python -c 'import touchline; print(touchline.CHANGED)'", tag=tag) == "changed"
    finally:
        run("docker", "image", "rm", "--force", tag)


@pytest.mark.usefixtures("image")
def test_the_command_line_answers() -> None:
    shown = run(*NEW_CONTAINER, "--rm", *LOCKED_DOWN, TAG, "--help")
    assert "serve" in shown
    assert "demo" in shown


def test_it_lists_fixtures(server: Server) -> None:
    answer = httpx.get(f"{server.url}/v1/fixtures", timeout=10)
    assert answer.status_code == 200, f"{answer.text}\n{server.logs()}"
    fixtures = answer.json()["fixtures"]
    assert fixtures, "the sample stands inside its last season, so matches are still to be played"
    for fixture in fixtures:
        assert sum(fixture["probabilities"].values()) == pytest.approx(1, abs=1e-6)


def test_it_predicts(server: Server) -> None:
    answer = httpx.post(f"{server.url}/v1/predict", json={"home": "Arsenal", "away": "Chelsea"}, timeout=10)
    assert answer.status_code == 200, f"{answer.text}\n{server.logs()}"
    shares = answer.json()["probabilities"]
    assert set(shares) == {"home", "draw", "away"}
    assert all(0 < share < 1 for share in shares.values()), shares
    assert sum(shares.values()) == pytest.approx(1, abs=1e-6)


def test_a_bad_question_gets_a_problem_and_no_trace(server: Server) -> None:
    answer = httpx.post(f"{server.url}/v1/predict", json={"home": "Arsenal", "away": "No Such Club"}, timeout=10)
    assert 400 <= answer.status_code < 500, f"{answer.text}\n{server.logs()}"
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert "Traceback" not in answer.text


def test_it_becomes_healthy(server: Server) -> None:
    health = poll(
        lambda: str(inspect("container", server.container)["State"]["Health"]["Status"]),
        lambda status: status == "healthy",
        within=45,
    )
    assert health == "healthy", server.logs()


def test_it_writes_no_warning_of_its_surroundings(server: Server) -> None:
    # Each is a library that wanted to write where it may not, or missed a program that the image leaves out.
    assert not re.findall(r"Read-only file system|Permission denied|not a writable|[Gg]it executable", server.logs())


def test_it_stops_at_a_signal(volume: str) -> None:
    with serving(volume) as server:
        begun = time.monotonic()
        run("docker", "stop", "--time", str(3 * STOPPED_WITHIN), server.container, within=4 * STOPPED_WITHIN)
        took = time.monotonic() - begun
        state = inspect("container", server.container)["State"]
        # 137 would be a kill after the time had run out.
        assert state["ExitCode"] in (0, 143), f"{state}\n{server.logs()}"
        assert took < STOPPED_WITHIN
