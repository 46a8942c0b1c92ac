"""What the browser saw when it failed, for the person who has to find out why.

All fields, and all text that holds the user name or the password, are covered before the picture is taken: by boxes of
Playwright's, over elements that it finds without the page's scripts seeing what it looks for.
"""

from playwright.sync_api import Error, Locator, Page

MOST = 3  # of one preparation
MAX_BYTES = 280 * 2**10  # of one: all of them have to fit into a Secret, which takes 1 MiB
_TIMEOUT_MS = 15_000
_FIELDS = "input, textarea, select"
_SIZES = ((1000, 700), (500, 350))  # a page of photographs may be too large at first


def take_screenshot(page: Page, secrets: tuple[str, ...]) -> bytes | None:
    """Return a PNG of what can be seen of `page`, None if none can be had that is small enough."""
    try:
        for width, height in _SIZES:
            page.set_viewport_size({"width": width, "height": height})
            taken = page.screenshot(
                type="png", mask=_covered(page, secrets), mask_color="#444444", timeout=_TIMEOUT_MS, caret="hide"
            )
            if len(taken) <= MAX_BYTES:
                return taken
    except Error:
        return None
    return None


def _covered(page: Page, secrets: tuple[str, ...]) -> list[Locator]:
    found = []
    for frame in page.frames:
        found.append(frame.locator(_FIELDS))
        found += [frame.get_by_text(secret) for secret in secrets if secret.strip()]
    return found
