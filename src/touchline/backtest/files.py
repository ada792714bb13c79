"""The two files that a backtest leaves: every prediction as CSV and the report as JSON."""

import csv
import io
from collections.abc import Iterable
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from touchline.backtest.run import Prediction, Report
from touchline.domain.errors import TouchlineError


def write_text(path: Path, text: str) -> None:
    """Write a file whole or not at all.

    Raises:
        TouchlineError: it cannot be written there.
    """
    temporary = path.with_name(f".{path.name}.part")
    try:
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path)
    except OSError as error:
        raise TouchlineError(f"{path} cannot be written ({error.strerror})", "choose another place") from error


def predictions_csv(predictions: Iterable[Prediction]) -> str:
    """Predictions as CSV, the probabilities with all their digits."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(Prediction._fields)
    writer.writerows(predictions)
    return out.getvalue()


def read_predictions(text: str) -> list[Prediction]:
    """The inverse of ``predictions_csv``."""
    return [
        Prediction(**(row | {name: float(row[name]) for name in ("p_home", "p_draw", "p_away")}))  # type: ignore[arg-type]
        for row in csv.DictReader(io.StringIO(text))
    ]


def report_json(report: Report) -> str:
    """A report as JSON text."""
    return _REPORT.dump_json(report, indent=1).decode() + "\n"


def read_report(text: str) -> Report:
    """The inverse of ``report_json``.

    Raises:
        TouchlineError: the text is damaged, or of a version that wrote reports in another form.
    """
    try:
        return _REPORT.validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise TouchlineError(f"a report cannot be read ({where}: {first['msg']})", "run the backtest again") from error


_REPORT = TypeAdapter(Report)
