"""The engine: copies a WordPress site from one end to the other, exactly, and can be started again at any point.

An end is either remote (a site that carries our agent, spoken to over HTTP) or local (a directory and a MySQL
database). The engine knows nothing of Kubernetes or of the facade: it reads its settings from the environment and
leaves progress and report in the database that it fills.
"""

__version__ = "0.1.0"
