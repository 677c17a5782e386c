"""From where, by which route, to where; and how that moves over the years."""

from dashboard import stage

stage.show("corridors", form="map", fallback="bars", width=1240)
stage.show("routes", width=1240)
with stage.row(2):
    stage.show("origins", forms=("tiles", "bars"), width=600)
    stage.show("destinations", width=600)
stage.say("flows_drill")
stage.show("corridors", form="matrix", width=1240)
stage.show("destinations_by_year", width=1240)
