"""A persistent clone loses nothing: not with its pod, not when its node is drained, not by a rest.

The local cluster's volumes are folders of a node, and its pods have one node to run on: a drained clone waits until
the node takes pods again. Elsewhere another node attaches the volume.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from PIL import Image

from local import rows
from local.kubectl import apply, get, kubectl
from tests.cluster.conftest import Facade, eventually, front_page
from tests.cluster.inventory import NAMESPACE

pytestmark = pytest.mark.cluster

NAME = "kept-on-disk"
SELECTOR = f"wordpressclones.kro.run/name={NAME}"
PHASE_SECONDS = 120


@dataclass(frozen=True)
class Picture:
    """What was uploaded: where it is, its smaller version, and what both have in them."""

    number: int
    files: dict[str, bytes]


@pytest.fixture
def site(visitor: httpx.Client) -> Iterator[str]:
    """URL of a persistent clone."""
    spec = {"ttlMinutes": 30, "storage": {"persistent": True, "size": "1Gi"}}
    metadata = {"name": NAME, "namespace": NAMESPACE}
    made = {"apiVersion": "kro.run/v1alpha1", "kind": "WordPressClone", "metadata": metadata, "spec": spec}
    apply(json.dumps(made))
    try:
        await_phase("Ready")
        url = as_it_is()["status"]["url"]
        front_page(visitor, url)
        yield url
    finally:
        kubectl("delete", "wordpressclones", NAME, "-n", NAMESPACE, "--timeout=120s", timeout=150)


def as_it_is() -> dict[str, Any]:
    """The object."""
    found = get("wordpressclones", NAME, f"--namespace={NAMESPACE}")
    assert found is not None
    return found


def await_phase(phase: str) -> None:
    eventually(lambda: as_it_is().get("status", {}).get("phase") == phase, PHASE_SECONDS, f"{NAME} is {phase}")


def pods() -> dict[str, dict[str, Any]]:
    """The clone's pods by their uid."""
    found = (get("pods", f"--namespace={NAMESPACE}", f"--selector={SELECTOR}") or {}).get("items", [])
    return {pod["metadata"]["uid"]: pod for pod in found}


def suspend(facade: Facade, value: bool) -> None:
    answer = facade.http.patch(f"/clones/{NAME}", json={"suspended": value})
    assert answer.status_code == httpx.codes.OK, answer.text


def upload(site: str) -> Picture:
    """Upload a picture as the editor does: log in, ask for a nonce, send the file to the REST API."""
    password = rows.read_secret(NAMESPACE, f"{NAME}-secret")["wp-admin-password"]
    drawn = io.BytesIO()
    Image.effect_noise((640, 480), 60).save(drawn, "PNG")
    with httpx.Client(timeout=120) as owner:
        owner.post(f"{site}/wp-login.php", data={"log": "admin", "pwd": password})
        nonce = owner.get(f"{site}/wp-admin/admin-ajax.php?action=rest-nonce").text
        assert re.fullmatch(r"\w{10}", nonce), nonce
        headers = {
            "X-WP-Nonce": nonce,
            "Content-Type": "image/png",
            "Content-Disposition": "attachment; filename=kept.png",
        }
        answer = owner.post(f"{site}/?rest_route=/wp/v2/media", content=drawn.getvalue(), headers=headers)
        assert answer.status_code == httpx.codes.CREATED, answer.text
        media = answer.json()
        addresses = media["source_url"], media["media_details"]["sizes"]["thumbnail"]["source_url"]
        files = {address: owner.get(address).content for address in addresses}
    assert files[media["source_url"]] == drawn.getvalue()
    return Picture(media["id"], files)


def await_kept(site: str, visitor: httpx.Client, picture: Picture) -> None:
    """The picture's files, its row and the front page answer as before, over the ingress."""
    front_page(visitor, site)
    for address, content in picture.files.items():
        assert visitor.get(address).content == content, address
    media = visitor.get(f"{site}/?rest_route=/wp/v2/media/{picture.number}").json()
    assert media["source_url"] in picture.files


@contextmanager
def drained_node() -> Iterator[None]:
    """The clone's node takes no pods, and the clone's has been evicted: only this one, for others use the cluster."""
    (pod,) = pods().values()
    node = pod["spec"]["nodeName"]
    options = ("--ignore-daemonsets", "--delete-emptydir-data", "--timeout=120s")
    try:
        kubectl("drain", node, f"--pod-selector={SELECTOR}", *options, timeout=150)
        yield
    finally:
        kubectl("uncordon", node)


def test_its_files_outlive_pods_drains_and_rests(site: str, facade: Facade, visitor: httpx.Client) -> None:
    picture = upload(site)
    (before,) = pods()
    with drained_node():
        eventually(lambda: pods() and before not in pods(), PHASE_SECONDS, "another pod is to take over")
        eventually(lambda: as_it_is()["status"]["phase"] != "Ready", PHASE_SECONDS, "it says that it waits for a node")
    await_phase("Ready")
    await_kept(site, visitor, picture)
    suspend(facade, True)
    await_phase("Suspended")
    eventually(lambda: not pods(), PHASE_SECONDS, "its pod has ended")
    suspend(facade, False)
    await_phase("Ready")
    await_kept(site, visitor, picture)


def test_another_clone_cannot_rest(clone: dict[str, Any], facade: Facade) -> None:
    answer = facade.http.patch(f"/clones/{clone['name']}", json={"suspended": True})
    assert answer.json()["code"] == "INVALID_REQUEST"
    assert "spec.suspended: only a clone with spec.storage.persistent can be suspended" in answer.json()["detail"]
