"""What judges: proper scores, calibration, overround removal, walk-forward and paired comparison. Arrays only."""
