"""A real Chromium in front of clones under test: one profile, and a list of requests that left a clone's path."""

import base64
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from local.browser import ARGUMENTS, CHROMIUM, MILLISECONDS
from tests.image.balancer import Balancer
from tests.image.clones import ADMIN, Clone


@contextmanager
def running_chromium(balancer: Balancer) -> Iterator[Browser]:
    """A browser that takes the balancer's certificate for a good one: what it merely tolerates it does not cache."""
    certificate = x509.load_pem_x509_certificate(balancer.certificate.read_bytes())
    encoded = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    trusted = base64.b64encode(hashlib.sha256(encoded).digest()).decode()
    arguments = [*ARGUMENTS, f"--ignore-certificate-errors-spki-list={trusted}"]
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        try:
            yield chromium
        finally:
            chromium.close()


@contextmanager
def profile(chromium: Browser) -> Iterator[BrowserContext]:
    """A fresh browser profile, gone afterwards."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(MILLISECONDS)
    yield context
    context.close()


def log_in(page: Page, clone: Clone) -> None:
    """Log in as a person does."""
    page.goto(f"{clone.url}/wp-admin/")
    page.fill("#user_login", ADMIN)
    page.fill("#user_pass", clone.password)
    page.click("#wp-submit")
    page.wait_for_url(f"{clone.url}/wp-admin/**")


def strays(context: BrowserContext, clone: Clone) -> list[str]:
    """A list that gets every URL asked for from now on which is on the clone's host but not below its path."""
    found: list[str] = []
    origin = clone.url.rpartition("/")[0]

    def look(url: str) -> None:
        if url.startswith(origin) and url != clone.url and not url.startswith((f"{clone.url}/", f"{clone.url}?")):
            found.append(url)

    context.on("request", lambda request: look(request.url))
    return found
