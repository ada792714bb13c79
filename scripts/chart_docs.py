"""Make the chart's README table and its JSON schema from the comments of its values.yaml.

    python scripts/chart_docs.py            write both
    python scripts/chart_docs.py --check    fail where either is not what the comments say

Above each value stands ``# --`` and what it means, on as many lines as it takes. ``# @schema`` adds to the JSON schema
what the default cannot tell, as a YAML mapping. What has no description and holds described values is a group.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

CHART = Path(__file__).parents[1] / "helm" / "touchline"
BEGIN, END = "<!-- values: made by scripts/chart_docs.py -->", "<!-- values: end -->"
TYPES = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object"}


class DocsError(Exception):
    """values.yaml or README.md does not have the form that is needed; the message says where."""


@dataclass(frozen=True, slots=True)
class Value:
    """A value: where it stands, what it is by default, what it means, and what its schema adds."""

    path: str
    default: Any
    meaning: str
    rule: dict[str, Any]

    @property
    def schema(self) -> dict[str, Any]:
        """The JSON schema of the value."""
        return {
            "description": self.meaning,
            "type": TYPES[type(self.default)],
            **self.rule,
            "default": self.default,
        }


Group = dict[str, "Value | Group"]


def read(text: str) -> Group:
    """The values of a values.yaml, in its order.

    Raises:
        DocsError: a value has no description, or is empty and has no schema that tells what may be in it.
    """
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    if not isinstance(root, yaml.MappingNode):
        raise DocsError("values.yaml is no mapping")
    return _group(root, yaml.safe_load(text), text.splitlines(), "")


def _group(node: yaml.MappingNode, data: dict[str, Any], lines: list[str], prefix: str) -> Group:
    found: Group = {}
    for key, below in node.value:
        name, path = key.value, prefix + key.value
        meaning, rule = _comment(lines, key.start_mark.line, path)
        if meaning:
            if data[name] in ({}, []) and not rule:
                raise DocsError(f"{path} is empty: a '# @schema' must say what may be in it")
            found[name] = Value(path, data[name], meaning, rule)
        elif isinstance(below, yaml.MappingNode) and below.value:
            found[name] = _group(below, data[name], lines, f"{path}.")
        else:
            raise DocsError(f"{path} has no description: put '# -- …' above it")
    return found


def _comment(lines: list[str], line: int, path: str) -> tuple[str, dict[str, Any]]:
    """The description and the schema rule in the comment that ends just above a line."""
    begin = line
    while begin and lines[begin - 1].lstrip().startswith("#"):
        begin -= 1
    words = [text.strip().removeprefix("#").strip() for text in lines[begin:line]]
    rule = " ".join(word.removeprefix("@schema").strip() for word in words if word.startswith("@schema"))
    meaning = " ".join(word for word in words if not word.startswith("@schema"))
    if words and not meaning.startswith("-- "):
        raise DocsError(f"the comment above {path} must begin with '# --'")
    return meaning.removeprefix("-- "), yaml.safe_load(rule) or {}


def values_of(group: Group) -> Iterator[Value]:
    """All values, those in groups too."""
    for entry in group.values():
        if isinstance(entry, Value):
            yield entry
        else:
            yield from values_of(entry)


def schema(values: Group) -> str:
    """The text of values.schema.json."""
    body = _schema(values)
    # Helm hands it to every chart that is a part of another.
    body["properties"]["global"] = {"description": "Values of a parent chart; unused.", "type": "object"}
    whole = {"$schema": "http://json-schema.org/draft-07/schema#", "title": "Values of the touchline chart", **body}
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def _schema(group: Group) -> dict[str, Any]:
    properties = {name: e.schema if isinstance(e, Value) else _schema(e) for name, e in group.items()}
    # A null takes a default away. Templates do without one for what Kubernetes shapes, but not for the rest.
    needed = [name for name, e in group.items() if not (isinstance(e, Value) and isinstance(e.default, dict | list))]
    return {"type": "object", "additionalProperties": False, "required": needed, "properties": properties}


def readme(text: str, values: Group) -> str:
    """The README with its table made anew.

    Raises:
        DocsError: the README has no place for the table.
    """
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise DocsError(f"README.md needs the lines {BEGIN} and {END}, between which the table goes")
    rows = [f"| `{v.path}` | {_cell(v.default)} | {v.meaning.replace('|', chr(92) + '|')} |" for v in values_of(values)]
    return "\n".join([f"{before}{begin}", "", "| Value | Default | Meaning |", "|---|---|---|", *rows, "", end + after])


def _cell(default: Any) -> str:
    return f"`{json.dumps(default, ensure_ascii=False)}`"


def stale(chart: Path) -> dict[Path, str]:
    """The files that are not what the comments say, and what they should be."""
    values = read((chart / "values.yaml").read_text(encoding="utf-8"))
    page, rules = chart / "README.md", chart / "values.schema.json"
    wanted = {page: readme(page.read_text(encoding="utf-8"), values), rules: schema(values)}
    return {
        file: text for file, text in wanted.items() if not file.exists() or file.read_text(encoding="utf-8") != text
    }


def main() -> None:
    """Write or check."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing")
    check = parser.parse_args().check
    try:
        found = stale(CHART)
    except DocsError as error:
        sys.exit(f"chart_docs: {error}")
    for file, text in found.items():
        if not check:
            file.write_text(text, encoding="utf-8")
        print(f"{file.name} {'is stale: run scripts/chart_docs.py' if check else 'written'}")
    if check and found:
        sys.exit(1)


if __name__ == "__main__":
    main()
