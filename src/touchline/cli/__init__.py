"""The command line: one file a group of commands; it wires, prints, and holds no logic."""
