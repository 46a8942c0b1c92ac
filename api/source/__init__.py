"""The source site: getting in with a user name and a password, installing the agent, registering a key.

Only this package imports httpx. Everything that it sends to a source passes the address check of `guard`; only `probe`
does not, which calls clones of our own. What it raises are errors of `api.domain`.
"""
