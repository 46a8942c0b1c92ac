"""Why a source site does not let us in: one class, one code, one sentence for each cause.

Split by where the cause is met: `front` (before WordPress is reached), `login`, `plugin` (installing it) and `agent`
(calling it). `api.domain.refusals.base` has what they share.
"""
