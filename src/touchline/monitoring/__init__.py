"""What is measured while touchline serves."""
