"""What comes in: sources behind one port, the checks that every row passes, and the sync that brings them together."""
