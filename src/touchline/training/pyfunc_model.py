"""The registered model as MLflow loads it ("models from code"): names of sides in, probabilities out.

Nothing is pickled: the parameters are in ``model.json`` and the code is the installed package.
"""

from pathlib import Path
from typing import Any

import mlflow
import numpy as np
import pandas as pd
from mlflow.pyfunc.model import PythonModel

from touchline.domain.forecast import ScoreGrid
from touchline.training.artifact import Artifact
from touchline.training.registry import PYFUNC_COLUMNS


class DixonColesModel(PythonModel):
    """Columns ``home`` and ``away`` give ``p_home``, ``p_draw``, ``p_away``, ``home_goals`` and ``away_goals``."""

    def load_context(self, context: Any) -> None:
        """Read the parameters."""
        self._fitted = Artifact.load(Path(context.artifacts["model"])).fitted

    def predict(self, context, model_input, params=None):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201, ARG002
        """Forecast a frame of fixtures; every column of the result is a double.

        Without type hints, since MLflow would take them for a schema in place of the signature.
        """
        forecast = self._fitted.forecast(list(model_input["home"]), list(model_input["away"]))
        goals = [ScoreGrid(grid).expected_goals for grid in forecast.grids] if forecast.grids is not None else []
        values = np.hstack([forecast.outcome, np.array(goals).reshape(-1, 2)])
        return pd.DataFrame(values, columns=list(PYFUNC_COLUMNS))


mlflow.models.set_model(DixonColesModel())
