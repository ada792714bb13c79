"""touchline: calibrated football forecasts, from match data to a served, proven probability."""

from importlib.metadata import version

__version__ = version("touchline")
