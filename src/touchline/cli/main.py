"""The ``touchline`` command."""

import os
import sys

# Arithmetic libraries read these when they are loaded: the fits here are many and small, and threads only slow them.
for _pool in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_pool, "1")

import typer

from touchline import __version__
from touchline.cli import data, models, serve
from touchline.cli.common import EXIT_BAD_INPUT, output
from touchline.config import unknown_variables
from touchline.domain.errors import TouchlineError

app = typer.Typer(
    name="touchline",
    help="Calibrated football forecasts: from match data to a served, proven probability.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode="rich",
)


def _version(asked: bool) -> None:
    if asked:
        print(__version__)
        raise typer.Exit


@app.callback()
def _options(
    version: bool = typer.Option(False, "--version", help="Print the version.", callback=_version, is_eager=True),
) -> None:
    del version


app.command("sync")(data.sync)
app.add_typer(data.database, name="db")
app.add_typer(data.quarantine, name="quarantine")
app.command("backtest")(models.backtest)
app.command("tune")(models.tune)
app.command("train")(models.train)
app.command("fixtures")(serve.fixtures)
app.command("predict")(serve.predict)
app.command("serve")(serve.serve)
app.command("demo")(serve.demo)
app.command("stop")(serve.stop)


def main() -> None:
    """Run the command line; what the user can put right ends as one sentence and exit code 2."""
    for name in unknown_variables():
        print(f"touchline: {name} is no setting and has no effect.", file=sys.stderr)
    try:
        app()
    except TouchlineError as error:
        output.fail(error)
        sys.exit(EXIT_BAD_INPUT)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
