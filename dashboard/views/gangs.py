"""Which gangs: ranked, over time, by destination, and one of them in full."""

from dashboard import profile, stage

with stage.row(2):
    stage.show("gangs", width=600)
    stage.show("gang_activity", width=600)
stage.show("gang_destinations", width=1240)
profile.show()
