"""What the figures mean, and how they get in."""
