"""The models by the names that the command line takes."""

from collections.abc import Callable

from touchline.domain.errors import TouchlineError
from touchline.models.base import Model
from touchline.models.base_rates import BaseRates
from touchline.models.dixon_coles import DixonColes
from touchline.models.elo_logit import EloLogit

MODELS: dict[str, Callable[[], Model]] = {"dixon-coles": DixonColes, "elo-logit": EloLogit, "base-rates": BaseRates}


def model_named(name: str) -> Model:
    """A model with its default settings.

    Raises:
        TouchlineError: there is none of that name.
    """
    if name not in MODELS:
        raise TouchlineError(f"model {name!r} is not known", f"use one of {', '.join(MODELS)}", field="model")
    return MODELS[name]()
