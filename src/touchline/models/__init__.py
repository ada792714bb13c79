"""What predicts. Models take arrays and tables, never the store, so they run in a notebook, a task or a service."""
