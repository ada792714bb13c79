"""What ``bentoml build`` and ``bentoml serve`` start from here; the service itself is part of the package."""

from touchline.serving.service import Predictor

__all__ = ["Predictor"]
