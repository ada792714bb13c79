"""The model of Dixon and Coles (1997), fitted by maximum (penalised) likelihood."""

from touchline.models.dixon_coles.model import CHOSEN_ON, DixonColes, FittedDixonColes

__all__ = ["CHOSEN_ON", "DixonColes", "FittedDixonColes"]
