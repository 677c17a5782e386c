"""The only door to the figures: selections and questions in, protected rows out."""
