"""What the figures rest on: coverage, definitions, loads, and the destinations' own series."""

from dashboard import metadata, stage

metadata.about()
stage.show("coverage", width=1240)
metadata.arrivals()
metadata.reading_notes()
metadata.loads()
metadata.definitions()
