"""One screen for a leader: how many, rising or falling, from where, to where, gangs, seizures."""

from dashboard import stage, tiles

tiles.show()
with stage.row(4, narrowest=270):
    stage.show("origins", width=300, height=270, short=True)
    stage.show("destinations", width=300, height=270, short=True)
    stage.show("gangs", width=300, height=270, short=True)
    stage.show("seizures_by_month", width=300, height=270, short=True)
with stage.row(2):
    stage.show("persons_by_month", width=600, height=330)
    stage.show("corridors", form="map", width=600, height=330)
