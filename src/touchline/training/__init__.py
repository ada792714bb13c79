"""From a model to a registered one: fit, backtest, log, gate."""
