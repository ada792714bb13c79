"""What a model was made of: the code and the data."""

import hashlib
from functools import cache
from pathlib import Path

import touchline


@cache
def code_version() -> str:
    """The version of the package and a hash of its source, such as ``0.1.0+3f2a90c1d4e5``.

    It is the same in a checkout, a wheel and an image made of the same source, and differs after any edit of a module.
    """
    root = Path(touchline.__file__).parent
    digest = hashlib.blake2b(digest_size=6)
    for path in sorted(root.rglob("*.py"), key=lambda p: p.relative_to(root).as_posix()):
        if path.relative_to(root).parts[0].startswith("_") and path.name != "__init__.py":
            continue  # migrations, which only an installed package carries inside
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return f"{touchline.__version__}+{digest.hexdigest()}"
