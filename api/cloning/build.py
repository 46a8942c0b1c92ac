"""From the record of intent to the object: the steps that have to be undone if a later one fails."""

from collections.abc import Mapping
from functools import partial

from api.cloning.placement import Placement
from api.cloning.ports import Ports
from api.cloning.run import Run
from api.domain.errors import Duplicate
from api.domain.models import CloneRequest
from api.domain.php import PhpVersion, php_for

UNDO_OBJECT_SECONDS = 12.0  # with 45 s for the clone itself still within a load balancer's 60 s


def build(ports: Ports, placement: Placement, run: Run, request: CloneRequest) -> None:
    """Prepare the source, make the database, post the object; each is noted in `run.undo` before it is tried."""
    name = run.name
    step = partial(run.step, ports.intents)
    run.undo.push("record", partial(ports.intents.delete, name))
    session = ""

    def keep(text: str) -> None:
        nonlocal session
        session = text
        ports.intents.keep_session(name, text)

    source = ports.source.prepare(request.source, run.begun.source_key, step, request.options, keep)
    if request.source.standing_key is None:  # one that the site's owner made is the owner's to revoke
        run.undo.push("source key", partial(ports.source.revoke, source.home, run.begun.source_key, session))
    php = request.options.php_version or php_for(source.php)
    if request.options.database.mode == "shared":  # a server of the clone's own is part of the object
        step("database")
        run.undo.push("database", partial(ports.databases.drop, name))
        ports.databases.create(name, run.begun.secrets.db_password)
    step("object")
    _post_object(ports, run, source.home, php, request, placement.for_object())
    run.update(ports.intents, phase="Created")


def _post_object(
    ports: Ports, run: Run, home: str, php: PhpVersion, request: CloneRequest, place: Mapping[str, object]
) -> None:
    run.undo.push("object", partial(remove_object, ports, run.name), holds_rest=True)
    try:
        ports.objects.create(
            run.name,
            ttl_minutes=request.ttl_minutes,
            source_url=home,
            php_version=php,
            options={**request.options.for_object(), **place},
        )
    except Duplicate:
        run.undo.forget("object")  # somebody else's
        raise


def remove_object(ports: Ports, name: str) -> None:
    """Delete the object and wait until it is gone; raises Timeout if it does not go, then the controller goes on."""
    ports.objects.delete(name)
    ports.objects.wait(name, lambda state: state is None, UNDO_OBJECT_SECONDS)
