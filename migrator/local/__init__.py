"""The end of a run that is ours: a directory and a MySQL database."""
