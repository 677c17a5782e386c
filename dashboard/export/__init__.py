"""Images and tables that stand on their own: the figure footed, drawn, and written to files."""
