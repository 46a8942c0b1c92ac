"""What a copy leaves behind at its source, all of it made by WordPress itself; docs/your-site.md has the same list."""

import re
from collections.abc import Iterable

from tests.wayin.state import State, changes

#: A pattern of what changes, as `tests.wayin.state` calls it, and how the document names it.
EXCEPTIONS = {
    r"added folder wp-content/upgrade(-temp-backup)?(/.*)?": "`wp-content/upgrade`",
    r"added file wp-content/upgrade(-temp-backup)?/.*index\.(php|html)": "`wp-content/upgrade`",
    r"added folder wp-content/uploads(/\d{4}(/\d\d)?)?": "`wp-content/uploads/",
    r"changed option cron": "`upgrader_scheduled_cleanup`",
    r"(added|changed|removed) (network )?option _(site_)?transient_.*": "`_site_transient_",
    r"(added|changed) option recently_activated": "`recently_activated`",
    r"changed option admin_email_lifespan": "`admin_email_lifespan`",
    r"added option can_compress_scripts": "`can_compress_scripts`",
}


def unexplained(before: State, after: State) -> list[str]:
    """Changes that are on no list; empty where the site is as it was."""
    return list(_unlisted(changes(before, after)))


def _unlisted(found: Iterable[str]) -> Iterable[str]:
    return (change for change in found if not any(re.fullmatch(pattern, change) for pattern in EXCEPTIONS))
