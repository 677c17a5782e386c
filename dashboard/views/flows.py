"""From where, by which route, to where; and how that moves over the years."""

from dashboard import ahead, stage

PAIR = {"width": 580, "height": 510}
ahead.alone()
stage.show("corridors", form="map", fallback="bars", width=1240)
stage.show("routes", width=1240)
with stage.row("origins", "destinations"):
    stage.show("origins", forms=("tiles", "bars"), **PAIR)
    stage.show("destinations", **PAIR)
stage.say("flows_drill")
stage.show("corridors", form="matrix", width=1240)
stage.show("destinations_by_year", width=1240)
