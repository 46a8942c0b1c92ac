"""What makes a copy a clone: its own configuration, login, address and agent; nothing of the source's secrets.

Each step may be repeated. The steps change only the clone's database and volume, never the source.
"""
