"""What people see: the screen, its words and charts, and the images taken from it."""
