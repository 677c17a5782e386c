"""From files to checked rows to a snapshot, one step a module."""
