"""What the figures rest on: coverage, loads, definitions, other series; and the audit log."""

from dashboard import journal, metadata, privacy, stage

metadata.about()
stage.show("coverage", width=1240)
privacy.show()
metadata.arrivals()
metadata.reading_notes()
metadata.loads()
metadata.definitions()
journal.show()
