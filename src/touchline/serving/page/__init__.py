"""The page: server-rendered, no script."""
