"""Proving models on the past: the walk-forward of a league beside baselines and the market, and the choice of
constants on the seasons before it.
"""
