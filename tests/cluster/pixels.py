"""Pictures of pages, made so that the same page gives the same picture, and what is different between two of them."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image, ImageChops
from playwright.sync_api import Page

#: A blinking caret or a moving banner would differ from itself; the badge is what may differ.
_STILL = """
*, *::before, *::after { transition: none !important; animation: none !important; caret-color: transparent !important; }
#wp-admin-bar-wordpress-clone { display: none !important; }
"""
#: Run before a page's own scripts: the login form takes the focus, and shows that, some time after it was loaded.
UNFOCUSED = "HTMLElement.prototype.focus = HTMLInputElement.prototype.select = () => {};"
#: Nothing waits to be scrolled to, so that the page's own event says that all pictures have come. None is decoded
#: beside the painting: on a busy machine a screenshot would show the empty place of a large one. What has changed is
#: painted with all that is around it, because the edge of a shadow comes out one shade different alone.
ARGUMENTS = ("--blink-settings=lazyLoadEnabled=false", "--disable-checker-imaging", "--disable-partial-raster")
#: Fonts may come later than that event. A picture of the site that never came is named: its place would only differ.
_ARRIVED = """async () => {
    await document.fonts.ready;
    const missing = [...document.images].filter(image => !image.naturalWidth).map(image => image.currentSrc);
    return missing.filter(url => url.startsWith(location.origin));
}"""
#: A text that tells the site's own address tells another one in the clone, as it should, and takes more room.
_OWN_ADDRESS = """home => {
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const node = texts.currentNode;
        if (!node.parentElement.closest('script, style')) node.data = node.data.replaceAll(home, 'http://site.example');
    }
}"""


def picture(page: Page, home: str, path: str) -> Image.Image:
    """A whole page of the site at `home`, without the clone's badge; where it tells its own address, with one word."""
    page.goto(home + path)
    page.add_style_tag(content=_STILL)
    page.evaluate(_OWN_ADDRESS, home)
    missing = page.evaluate(_ARRIVED)
    assert not missing, f"pictures that {page.url} could not load: {missing}"
    taken = page.screenshot(full_page=True, animations="disabled", caret="hide")
    return Image.open(io.BytesIO(taken)).convert("RGB")


def difference(one: Image.Image, other: Image.Image, folder: Path) -> str:
    """What is different, with both pictures and their difference left in a folder; empty where every pixel is equal."""
    if one.size == other.size and (box := ImageChops.difference(one, other).getbbox()) is None:
        return ""
    one.save(folder / "source.png")
    other.save(folder / "clone.png")
    if one.size != other.size:
        return f"sizes {one.size} and {other.size}, see {folder}"
    ImageChops.difference(one, other).save(folder / "difference.png")
    return f"pixels within {box}, see {folder}"
