"""What has to happen to clones when nobody is calling: made whole, followed, expired, removed, swept up after.

One verb per file, free of kopf; `handlers` hangs them on the objects' events.
"""
