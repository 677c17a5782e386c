"""Who is moved: age and sex, and how the ages change over the years."""

from dashboard import stage

with stage.row(2):
    stage.show("age_sex", width=600)
    stage.show("ages_by_year", width=600)
stage.show("persons_by_month", width=1240)
