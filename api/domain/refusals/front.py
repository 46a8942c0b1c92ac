"""What stands in front of a site: its address, its web server, its firewall, its maintenance page."""

from api.domain.refusals.base import Refusal


class InsecureSource(Refusal):
    """The site answers without encryption, so anybody on the way could read the password: it was not sent."""

    code = "INSECURE_SOURCE"
    title = "The source site is not encrypted"
    sentence = (
        "The site answers by plain http, so the password was not sent. Give its https URL;"
        " or, if it has none, set options.allow_insecure and change the password afterwards."
    )
    by_hand = True


class OtherAddress(Refusal):
    """The URL leads to another host, or from https to http: the password was not given for that."""

    code = "OTHER_ADDRESS"
    title = "The source leads to another address"
    sentence = "The site leads to another address. If that is the site you mean, give its own URL."


class WrongUrl(Refusal):
    """The URL leads to nothing: the web server answers 404 or 410."""

    code = "WRONG_URL"
    title = "There is no site under this URL"
    sentence = "There is nothing under this URL (HTTP 404). Give the address of the site's front page."


class RedirectLoop(Refusal):
    """The site redirects in a circle, or to something that is no URL."""

    code = "REDIRECT_LOOP"
    title = "The source redirects in a circle"
    sentence = "The site redirects in a circle. Give the address under which a browser ends up at it."


class TlsInvalid(Refusal):
    """The site's certificate cannot be verified."""

    code = "TLS_INVALID"
    title = "The source's certificate cannot be verified"
    sentence = "The site's TLS certificate cannot be verified. Have it renewed, then try again."


class BasicAuthNeeded(Refusal):
    """The web server asks for a password of its own, in front of WordPress."""

    code = "BASIC_AUTH"
    title = "The source's web server wants a password of its own"
    sentence = (
        "The web server asks for a password of its own (basic authentication)."
        " Give it as source.basic_auth, or open the site for the time of the clone."
    )


class BasicAuthFailed(Refusal):
    """The web server refused the user name and password of `source.basic_auth`."""

    code = "BASIC_AUTH_FAILED"
    status = 401
    title = "The source's web server refused its password"
    sentence = "The web server refused the user name and password of source.basic_auth; they are not tried again."


class BotChallenge(Refusal):
    """A firewall in front of the site wants to see a browser with a person before it."""

    code = "BOT_CHALLENGE"
    title = "The source's firewall wants to see a browser"
    sentence = (
        "The site's firewall wants to see a person in a browser."
        " Ask the host to let our address through, or switch the check off for the time of the clone."
    )


class Maintenance(Refusal):
    """The site is being maintained; it may say when to come back."""

    code = "MAINTENANCE"
    status = 503
    title = "The source site is being maintained"
    sentence = "The site is in maintenance mode. Wait until it is over, or switch it off, and try again."


class AnswerTooLarge(Refusal):
    """A page of the site is far larger than any page of WordPress."""

    code = "ANSWER_TOO_LARGE"
    title = "The source's answer is too large"
    sentence = "The source site's answer is far too large. See what it prints into its pages."


class AnswerEncoded(Refusal):
    """The site compresses its answers although it was asked not to, and not with gzip, which would do."""

    code = "ANSWER_ENCODED"
    title = "The source's answers cannot be read"
    sentence = (
        "The site compresses its answers in a way that was not asked for. Switch that off for the time of the clone."
    )
