"""Which gangs: ranked, over time, by destination, and one of them in full."""

from dashboard import profile, stage

profile.show()
with stage.row("gangs", "gang_activity"):
    stage.show("gangs", width=580, fold=25, without=("gangs",))
    stage.show("gang_activity", width=580, without=("gangs",))
stage.show("gang_destinations", width=1240, without=("gangs",))
