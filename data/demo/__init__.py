"""Invented data of any size in the contracts' shape, for whoever has no figures yet.

What it is shaped by stands in assumptions.toml: lines marked P follow published figures, every
other number (any split by province among them) is an assumption. It must not know the loader.
"""
