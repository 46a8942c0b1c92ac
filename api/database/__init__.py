"""The shared MySQL server as the rest of this project sees it: databases of clones, and what their imports say.

Only this package imports the vendor's driver; what it raises are errors of `api.domain`.
"""
