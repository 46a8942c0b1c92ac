"""What clones are called, what can go wrong and what callers see: pure values and rules, no I/O.

Everything else imports from here; this package imports nothing of ours.
"""
