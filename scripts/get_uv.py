"""Put a pinned uv into a folder, from the package registry alone.

A bare Debian has Python without pip, and one with pip refuses to install outside a virtual environment:
so pip is used where it is (it knows the machine's index and certificates) and the standard library otherwise.
Runs on any Python 3.8+.
"""

import hashlib
import io
import json
import platform
import subprocess
import sys
import urllib.request
import zipfile
from pathlib import Path

VERSION = "0.13.9"
INDEX = "https://pypi.org/simple/uv/"


def with_pip(folder: Path) -> bool:
    """Install with pip into ``folder/lib``; False where there is no pip or it fails."""
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    command += ["--root-user-action", "ignore", "--upgrade", "--target", str(folder / "lib"), f"uv=={VERSION}"]
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    binary = folder / "lib" / "bin" / "uv"
    if done.returncode or not binary.exists():
        return False
    link(folder, binary)
    return True


def with_urllib(folder: Path) -> None:
    """Fetch the wheel of this machine from the index, check its hash and unpack the one binary."""
    request = urllib.request.Request(INDEX, headers={"Accept": "application/vnd.pypi.simple.v1+json"})
    files = json.load(urllib.request.urlopen(request, timeout=60))["files"]
    wanted = {
        ("Linux", "x86_64"): "manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
        ("Linux", "aarch64"): "manylinux_2_17_aarch64.manylinux2014_aarch64",
        ("Darwin", "x86_64"): "macosx_10_12_x86_64.whl",
        ("Darwin", "arm64"): "macosx_11_0_arm64.whl",
    }.get((platform.system(), platform.machine()))
    if wanted is None:
        sys.exit(f"no uv wheel is known for {platform.system()} {platform.machine()}: install uv by hand")
    wheel = next(f for f in files if f["filename"].startswith(f"uv-{VERSION}-") and wanted in f["filename"])
    data = urllib.request.urlopen(wheel["url"], timeout=300).read()
    if hashlib.sha256(data).hexdigest() != wheel["hashes"]["sha256"]:
        sys.exit(f"{wheel['filename']} does not have the hash that the index states: try again")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        binary = folder / "lib" / "uv"
        binary.parent.mkdir(parents=True, exist_ok=True)
        binary.write_bytes(archive.read(f"uv-{VERSION}.data/scripts/uv"))
        binary.chmod(0o755)
    link(folder, binary)


def link(folder: Path, binary: Path) -> None:
    """Leave ``folder/uv`` pointing at the binary, in one step."""
    temporary = folder / "uv.new"
    if temporary.is_symlink():
        temporary.unlink()
    temporary.symlink_to(binary.relative_to(folder))
    temporary.replace(folder / "uv")


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    if not with_pip(target):
        with_urllib(target)
