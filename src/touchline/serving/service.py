"""The BentoML service: loads the champions, mounts the app, and says whether it is ready.

BentoML's own request metrics are off: they label mounted routes by their raw path, one series a match.
"""

from datetime import UTC, datetime, time

import bentoml

from touchline.config import load_settings
from touchline.monitoring.metrics import fitted
from touchline.serving.app import create_app
from touchline.serving.forecaster import Forecaster

app = create_app()


@bentoml.service(name="touchline-predictor", traffic={"timeout": 30}, metrics={"enabled": False})
@bentoml.asgi_app(app, path="/")
class Predictor:
    """Serves the champion of each league that has one."""

    def __init__(self) -> None:
        # `touchline serve` has loaded one already, to say what is wrong before there is a server.
        self._forecaster = getattr(app.state, "forecaster", None) or Forecaster.from_settings(load_settings())
        app.state.forecaster = self._forecaster
        for league, champion in self._forecaster.champions.items():
            midnight = datetime.combine(champion.artifact.day, time(), UTC)
            fitted.labels(league, champion.version).set(midnight.timestamp())

    def __is_ready__(self) -> bool:
        """Ready while the store answers."""
        return self._forecaster.answers()
