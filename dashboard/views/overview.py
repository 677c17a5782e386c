"""One screen for a leader: how many, rising or falling, from where, to where, gangs, seizures."""

from dashboard import stage, tiles

SMALL = {"width": 300, "height": 192, "fold": 6, "short": True}
tiles.show()
with stage.row(4, narrowest=270):
    stage.show("origins", title="overview_origins", **SMALL)
    stage.show("destinations", title="overview_destinations", **SMALL)
    stage.show("gangs", title="overview_gangs", **SMALL)
    stage.show("seizures_by_item", **SMALL)
with stage.row(2):
    stage.show("persons_by_month", width=600, height=330)
    stage.show("corridors", form="map", fallback="matrix", width=600, height=330)
