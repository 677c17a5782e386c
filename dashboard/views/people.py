"""Who is moved: age and sex, and how the ages change over the years."""

from dashboard import ahead, stage

PAIR = {"width": 580, "height": 370}
ahead.alone()
with stage.row("age_sex", "ages_by_year"):
    stage.show("age_sex", **PAIR)
    stage.show("ages_by_year", **PAIR)
stage.show("persons_by_month", width=1240)
