"""Why the plugin, installed and active, cannot be spoken to."""

from api.domain.refusals.base import Refusal


class AjaxClosed(Refusal):
    """`admin-ajax.php` is closed, no admin page has the nonce that it would have given, the plugin's page is closed."""

    code = "AJAX_CLOSED"
    title = "The source's admin-ajax.php is closed"
    sentence = "The site's admin-ajax.php is closed to administrators. Open it for the time of the clone."
    by_hand = True


class RestClosed(Refusal):
    """The REST API does not let the plugin answer, on any of its addresses, nor does the plugin's page answer."""

    code = "REST_CLOSED"
    title = "The source's REST API is closed"
    sentence = "The site's REST API does not let the plugin answer. Open it for the time of the clone."
    by_hand = True


class AgentSilent(Refusal):
    """No URL of the site is answered by the plugin."""

    code = "AGENT_SILENT"
    title = "The plugin does not answer"
    sentence = (
        "The migration plugin does not answer at the source, on none of its URLs."
        " See that it is installed and active, and that no firewall or cache stands in between."
    )


class AnswerCached(AgentSilent):
    """Pages from a cache answer in the plugin's place: they do not echo what was asked."""

    code = "ANSWER_CACHED"
    title = "A cache answers instead of the source"
    sentence = (
        "A cache answers in the plugin's place: its pages do not echo what was asked."
        " Exclude POST requests and the parameter custom-migrator from it."
    )


class AgentFailed(Refusal):
    """The plugin reports an error."""

    code = "AGENT_ERROR"
    title = "The plugin reports an error"
    sentence = "The migration plugin reports an error. See the site's PHP error log."


class AgentProtocol(Refusal):
    """The site has the plugin in a version that this service does not understand."""

    code = "AGENT_PROTOCOL"
    title = "The plugin has another version"
    sentence = "The source has the migration plugin in another version. Install the one that belongs to this service."


class KeyRefused(Refusal):
    """The plugin refuses the key that it has just taken."""

    code = "KEY_REFUSED"
    title = "The plugin refuses its key"
    sentence = "The migration plugin refused the key. Try again; if it stays so, delete the plugin at the site first."


class ApiKeyRefused(Refusal):
    """The plugin does not know the key of `source.api_key`, or it was revoked."""

    code = "API_KEY_REFUSED"
    status = 401
    title = "The source refused the key"
    sentence = "The migration plugin does not know this source.api_key. Make a new standing key at the site."


class AnswerDamaged(Refusal):
    """The plugin's answers are changed on their way."""

    code = "ANSWER_DAMAGED"
    title = "The plugin's answers are damaged"
    sentence = (
        "The migration plugin's answer is damaged on its way."
        " See whether a proxy or plugin rewrites the site's pages, and switch that off for the time of the clone."
    )
