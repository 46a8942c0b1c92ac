"""Why the login form does not let us in, though nobody said that the password is wrong."""

from api.domain.refusals.base import Refusal


class CaptchaNeeded(Refusal):
    """The login form has a CAPTCHA: the password was not sent."""

    code = "CAPTCHA"
    title = "The login needs a person"
    sentence = (
        "The login form has a CAPTCHA, so a person has to log in; the password was not sent."
        " Switch the CAPTCHA off for the time of the clone."
    )
    by_hand = True


class SecondFactorNeeded(Refusal):
    """The login wants a second factor, which only a person has."""

    code = "TWO_FACTOR"
    title = "The login wants a second factor"
    sentence = (
        "The login wants a second factor, so a person has to log in."
        " Use an administrator without one, made for the time of the clone."
    )
    by_hand = True


class LoginBlocked(Refusal):
    """The site blocks logins for now, or from where we are."""

    code = "LOGIN_BLOCKED"
    title = "The source blocks logins"
    sentence = "The site blocks the login; perhaps too many attempts were made. Wait, or have our address let through."
    by_hand = True


class LoginNotFound(Refusal):
    """There is no login form where WordPress has it, nor where it was said to be."""

    code = "LOGIN_NOT_FOUND"
    title = "The source's login form was not found"
    sentence = "The site's login form was not found; a plugin may have moved it. Give its address as options.login_url."
    by_hand = True


class LoginNeedsJavaScript(Refusal):
    """The login page makes its form with JavaScript: the password was not sent."""

    code = "LOGIN_NEEDS_JAVASCRIPT"
    title = "The login form needs a browser"
    sentence = (
        "The login page builds its form with JavaScript, so it needs a browser; the password was not sent."
        " Switch that off for the time of the clone, or give another login page as options.login_url."
    )
    by_hand = True


class SessionForgotten(Refusal):
    """The site forgets the login at once, several times in a row."""

    code = "SESSION_LOST"
    title = "The source forgets the login"
    sentence = "The site keeps forgetting the login; its cookies do not hold. See what clears sessions or caches pages."
    by_hand = True
