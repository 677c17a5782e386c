"""One screen for a leader: how many, rising or falling, from where, to where, gangs, seizures."""

from dashboard import ahead, stage, tiles

SMALL = {"width": 263, "height": 176, "fold": 6, "short": True}
WIDE = {"width": 570, "height": 240, "short": True}
ahead.alone()
tiles.show()
with stage.row("origins", "destinations", "gangs", "seizures_by_item", narrowest=270):
    stage.show("origins", title="overview_origins", **SMALL)
    stage.show("destinations", title="overview_destinations", **SMALL)
    stage.show("gangs", title="overview_gangs", **SMALL)
    stage.show("seizures_by_item", **SMALL)
with stage.row("persons_by_month", "corridors"):
    stage.show("persons_by_month", **WIDE)
    stage.show("corridors", form="map", fallback="matrix", **WIDE)
