"""The sources, one file each, behind ``ingest.port.Source``."""
