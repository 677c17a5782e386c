"""What was seized, when and where, and beside the persons moved."""

from dashboard import ahead, stage

ahead.alone()
stage.show("seizures_and_persons", width=1240)
stage.show("seizures_by_month", width=1240)
stage.show("seizures_by_province", width=1240)
stage.show("documents_per_100", width=1240)
