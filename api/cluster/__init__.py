"""The Kubernetes API as the rest of this project sees it: clones, intents, nothing else.

Only this package imports the vendor's client; what it raises are errors of `api.domain`.
"""
