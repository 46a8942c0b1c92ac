"""A clone's pod from inside: what it can reach, whom its credentials let it to, and what it holds.

The clone under test is a copy, so that an import has been there before; its neighbour is an empty site that may call a
stand-in for the world.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from local import rows
from local.command import succeeds
from local.kubectl import apply, get, kubectl
from local.settings import WORKER
from tests.cluster.conftest import eventually
from tests.cluster.inventory import NAMESPACE
from tests.cluster.outside import LISTENER, STAND_IN, Listener, running_listener

pytestmark = pytest.mark.cluster

NEIGHBOUR = "sealed-neighbour"
SCRIPT = Path(__file__).with_name("reach.php")
OPEN, REFUSED, NO_HOST, NO_ANSWER = 200, 403, 502, 503
PUBLIC = "93.184.215.14"


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    """Outside of every clone."""
    with running_listener() as running:
        yield running


@pytest.fixture(scope="module")
def neighbour() -> Iterator[str]:
    """Another clone."""
    spec = {"ttlMinutes": 30, "allowHosts": [STAND_IN, LISTENER]}
    metadata = {"name": NEIGHBOUR, "namespace": NAMESPACE}
    apply(json.dumps({"apiVersion": "kro.run/v1alpha1", "kind": "WordPressClone", "metadata": metadata, "spec": spec}))
    try:
        where = ("wordpressclones", NEIGHBOUR, "-n", NAMESPACE)
        kubectl("wait", *where, "--for=jsonpath={.status.phase}=Ready", "--timeout=180s")
        yield NEIGHBOUR
    finally:
        kubectl("delete", "wordpressclones", NEIGHBOUR, "-n", NAMESPACE, "--ignore-not-found", "--timeout=120s")


def inside(name: str, *command: str, stdin: str = "", **variables: str) -> str:
    """Run a command in the container of a clone's web server, with what `variables` add to its environment."""
    added = ["env", *(f"{key}={value}" for key, value in variables.items())] if variables else []
    where = ("exec", "-i", "-n", NAMESPACE, f"deployment/{name}", "-c", "wordpress", "--")
    return kubectl(*where, *added, *command, stdin=stdin)


def reach(name: str, *targets: str, **variables: str) -> dict[str, Any]:
    """What `reach.php` says inside a clone."""
    found: dict[str, Any] = json.loads(
        inside(name, "php", "/dev/stdin", *targets, stdin=SCRIPT.read_text(encoding="utf-8"), **variables)
    )
    return found


def address_of(kind: str, namespace: str, name: str) -> str:
    """Address of a Service, or of the first pod with that value of its label `app.kubernetes.io/name`."""
    if kind == "service":
        return str((get("service", name, f"--namespace={namespace}") or {})["spec"]["clusterIP"])
    pods = get("pods", f"--namespace={namespace}", f"--selector={name}", "--field-selector=status.phase=Running")
    return str((pods or {})["items"][0]["status"]["podIP"])


@pytest.fixture(scope="module")
def targets(neighbour: str, listener: Listener) -> list[str]:
    """What answers in the cluster, and is no business of a clone's."""
    facade = ("wordpress-clone", "app.kubernetes.io/name=clone-api")
    return [
        f"{address_of('service', 'default', 'kubernetes')}:443",
        f"{address_of('pod', NAMESPACE, f'wordpressclones.kro.run/name={neighbour}')}:8080",
        f"{address_of('pod', *facade)}:8000",
        f"{address_of('service', 'wordpress-clone', 'clone-api')}:80",
        f"{address_of('pod', 'demo-source', 'app.kubernetes.io/name=demo-source-web')}:8080",
        f"{address_of('service', 'ingress', 'ingress')}:8080",
        f"{listener.address}:8080",
        f"{listener.address}:8443",
        f"{listener.service}:443",
    ]


def test_a_pod_reaches_its_database_and_the_proxy_and_nothing_else(clone: dict[str, Any], targets: list[str]) -> None:
    for target in targets:
        what = f"{target} answers: what does not answer anyway would show nothing"
        eventually(partial(from_the_node, target), 60, what)
    elsewhere = ["169.254.169.254:80", "169.254.170.23:80", f"{PUBLIC}:443", "10.0.0.1:80", "[2606:4700::1111]:443"]
    wanted = ["mysql.database.svc:3306", "egress-proxy.wordpress-clone.svc:3128"]
    found = reach(clone["name"], *targets, *elsewhere, *wanted)
    assert {target for target, said in found.items() if said == "open"} == set(wanted)


def from_the_node(target: str) -> bool:
    """Whether something answers there: asked from a node, which no policy holds."""
    host, _, port = target.rpartition(":")
    return succeeds(["docker", "exec", WORKER, "bash", "-c", f"timeout 5 bash -c 'echo >/dev/tcp/{host}/{port}'"])


def test_php_gets_to_wordpress_org_and_its_own_hosts_by_name(
    clone: dict[str, Any], neighbour: str, listener: Listener
) -> None:
    """Where the machine has no way to the internet, WordPress.org's names do not resolve: that is not a refusal."""
    before = listener.connections()
    found = reach(clone["name"], *FOR_EVERYBODY, *FOR_NOBODY, f"http://{STAND_IN}/")
    passed = {OPEN, 301, 302, 404, NO_HOST, NO_ANSWER}
    assert {url: found[url] for url in FOR_EVERYBODY if found[url] not in passed} == {}
    assert {url: found[url] for url in (*FOR_NOBODY, f"http://{STAND_IN}/") if found[url] != REFUSED} == {}
    allowed = reach(neighbour, f"http://{STAND_IN}/", f"http://{LISTENER}/", f"http://{STAND_IN}:8443/")
    assert allowed == {f"http://{STAND_IN}/": OPEN, f"http://{LISTENER}/": REFUSED, f"http://{STAND_IN}:8443/": REFUSED}
    assert listener.connections() == before


FOR_EVERYBODY = [
    "https://api.wordpress.org/core/version-check/1.7/",
    "https://downloads.wordpress.org/plugin/hello-dolly.zip",
    "http://wordpress.org/",
]
FOR_NOBODY = [
    "https://example.com/",
    "http://api.wordpress.org.example.com/",
    "https://api.wordpress.org:8443/",
    "http://demo-source.test:8080/",
    "http://s1.clone-sites.test:8080/",
    "http://clone-api.test:8080/health",
    "http://169.254.169.254/latest/meta-data/",
    "http://10.96.0.1/",
    "https://kubernetes.default.svc/",
    "http://127.0.0.1:3128/squid-internal-mgr/info",
    f"https://{LISTENER}/",
]


def test_wordpress_itself_goes_by_the_proxy_and_stays_at_home_for_its_own_url(
    clone: dict[str, Any], neighbour: str
) -> None:
    call = (
        "require getenv('SITE_ROOT') . '/wp-load.php';"
        "foreach (array_slice($argv, 1) as $url) { $answer = wp_remote_get($url, ['timeout' => 30]);"
        " $said[] = is_wp_error($answer) ? $answer->get_error_message() : wp_remote_retrieve_response_code($answer); }"
        "echo json_encode($said);"
    )
    url = own_url(neighbour)
    urls = (f"http://{STAND_IN}/", f"http://{STAND_IN}/to/{url}/", f"{url}/")
    assert json.loads(inside(neighbour, "php", "-r", call, *urls, **proxy_variables(neighbour))) == [OPEN] * 3
    (refused,) = json.loads(inside(clone["name"], "php", "-r", call, f"http://{STAND_IN}/"))
    assert "is not among the hosts that it may call" in refused


def own_url(name: str) -> str:
    """URL of a clone."""
    return str((get("wordpressclones", name, f"--namespace={NAMESPACE}") or {})["status"].get("url", ""))


def test_code_that_uses_curl_by_itself_finds_the_proxy_in_apaches_environment(neighbour: str) -> None:
    call = f"$c = curl_init('http://{STAND_IN}/'); curl_exec($c);"
    assert inside(neighbour, "php", "-r", call, **proxy_variables(neighbour)) == "the stand-in"


def proxy_variables(name: str) -> dict[str, str]:
    """What cURL reads of the environment that a clone's web server has."""
    listing = inside(name, "sh", "-c", "tr '\\0' '\\n' </proc/1/environ")
    held = dict(line.partition("=")[::2] for line in listing.splitlines())
    return {variable: held[variable] for variable in ("http_proxy", "https_proxy", "no_proxy")}


def test_another_clones_credential_is_of_no_use(clone: dict[str, Any], neighbour: str) -> None:
    theirs = rows.read_secret(NAMESPACE, f"{neighbour}-secret")
    name = f"{clone['name']}.site"
    forged = {"EGRESS_USER": name, "EGRESS_PASSWORD": theirs["egress-site-password"]}
    swapped = {"EGRESS_USER": f"{neighbour}.import", "EGRESS_PASSWORD": theirs["egress-site-password"]}
    for credential in (forged, swapped, {"EGRESS_USER": "facade", "EGRESS_PASSWORD": "guessed"}):
        assert reach(clone["name"], f"http://{STAND_IN}/", **credential) == {f"http://{STAND_IN}/": 407}
    source = {"EGRESS_USER": f"{neighbour}.import", "EGRESS_PASSWORD": theirs["egress-import-password"]}
    assert reach(clone["name"], f"http://{STAND_IN}/", **source) == {f"http://{STAND_IN}/": REFUSED}


def test_the_pod_holds_nothing_that_opens_anything_else(clone: dict[str, Any]) -> None:
    """Searched for in every process's environment and in every file that the web server's user can read."""
    held = rows.read_secret(NAMESPACE, f"{clone['name']}-secret")
    mine = {"db-password", "egress-site-password"}
    secrets = [held[key] for key in held if key not in mine | {"source-home"} and held[key]]
    secrets += [secret.rpartition("_")[2] for secret in secrets if secret.startswith("cm_")]
    assert len(secrets) >= 5
    search = (
        "patterns=$(cat);"
        "find / -xdev \\( -path /proc -o -path /sys -o -path /dev \\) -prune -o -type f -print0 2>/dev/null"
        ' | xargs -0 grep -lF -e "$patterns" 2>/dev/null;'
        'find "$SITE_ROOT" /tmp /run /var/lib/php /etc/database-ca -type f -print0 2>/dev/null'
        ' | xargs -0 grep -lF -e "$patterns" 2>/dev/null;'
        'for file in /proc/[0-9]*/environ; do grep -alF -e "$patterns" "$file" 2>/dev/null; done; true'
    )
    assert inside(clone["name"], "sh", "-c", search, stdin="\n".join(secrets)) == ""
    assert inside(clone["name"], "sh", "-c", search, stdin=held["db-password"]) != "", "the search finds what is there"
    assert inside(clone["name"], "sh", "-c", "ls -A /var/run/secrets 2>/dev/null; true") == ""


def test_it_is_not_root_and_writes_to_its_volumes_only(clone: dict[str, Any]) -> None:
    assert inside(clone["name"], "id", "-u").strip() == "10001"
    writing = "for folder in / /etc /usr/bin /opt/wordpress-clone /var/www; do touch $folder/mark 2>&1; done; true"
    said = inside(clone["name"], "sh", "-c", writing).splitlines()
    assert len(said) == 5
    assert all("Read-only file system" in line or "Permission denied" in line for line in said)
    assert "Read-only" in said[0]
    inside(clone["name"], "sh", "-c", 'touch "$SITE_ROOT/mark" && rm "$SITE_ROOT/mark"')


def test_the_log_tells_which_clone_went_where(clone: dict[str, Any]) -> None:
    url = "https://somewhere-else.example.com/a-path?a-query=1"
    reach(clone["name"], url)
    line = eventually(lambda: logged(f"{clone['name']}.site", "somewhere-else.example.com"), 20, "the line is there")
    assert (line["port"], line["verdict"], line["status"], line["address"]) == ("443", "refused", REFUSED, "-")
    imported = logged(f"{clone['name']}.import", "demo-source.test")
    assert imported["verdict"] == "open"
    text = kubectl("logs", "-n", "wordpress-clone", "deployment/egress-proxy")
    assert "a-query" not in text
    assert "a-path" not in text


def logged(user: str, host: str) -> dict[str, Any]:
    """The last line of the proxy's log about a user and a host, {} if there is none."""
    text = kubectl("logs", "-n", "wordpress-clone", "deployment/egress-proxy")
    lines = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    return next((line for line in reversed(lines) if (line["user"], line["host"]) == (user, host)), {})


def test_a_deleted_clones_credential_opens_nothing(clone: dict[str, Any], neighbour: str) -> None:
    """Last in this file: the neighbour is gone after it."""
    held = rows.read_secret(NAMESPACE, f"{neighbour}-secret")
    credential = {"EGRESS_USER": f"{neighbour}.site", "EGRESS_PASSWORD": held["egress-site-password"]}
    url = f"http://{STAND_IN}/"
    assert reach(clone["name"], url, **credential) == {url: OPEN}
    kubectl("delete", "wordpressclones", neighbour, "-n", NAMESPACE, "--timeout=120s")
    eventually(lambda: reach(clone["name"], url, **credential) == {url: REFUSED}, 20, "the credential opens nothing")
