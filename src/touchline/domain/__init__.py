"""Plain types of the field: leagues, seasons, matches, odds and forecasts. Imports nothing else of touchline."""
