"""Why the plugin cannot be installed by somebody who is logged in."""

from api.domain.refusals.base import Refusal


class Multisite(Refusal):
    """The site is one of a network: its tables and files cannot be told from those of the others."""

    code = "MULTISITE"
    title = "The source is a multisite network"
    sentence = "The site belongs to a WordPress network (multisite), which cannot be cloned. Clone a single site."


class WordPressTooOld(Refusal):
    """The site runs a WordPress before 5.2, which the plugin does not support."""

    code = "WORDPRESS_TOO_OLD"
    title = "The source's WordPress is too old"
    sentence = "The site's WordPress is older than 5.2. Update it first, then clone it."


class PhpTooOld(Refusal):
    """The site runs a PHP before 7.2, which the plugin does not support."""

    code = "PHP_TOO_OLD"
    title = "The source's PHP is too old"
    sentence = "The site's PHP is older than 7.2. Have its host switch to a newer one first, then clone it."


class TooLarge(Refusal):
    """Database and files have more bytes than a clone takes."""

    code = "TOO_LARGE"
    title = "The source is too large"
    sentence = "The site is larger than a clone may be. Remove what a test does not need, or have the limit raised."


class AdminNotFound(Refusal):
    """The login works, but there are no admin pages where WordPress has them."""

    code = "ADMIN_NOT_FOUND"
    title = "The source's admin pages were not found"
    sentence = "The login works, but the admin pages were not found; a plugin may have renamed them. Switch that off."
    by_hand = True


class FileChangesDisabled(Refusal):
    """Administrators may not install plugins: `DISALLOW_FILE_MODS`, or rights that were taken from them."""

    code = "FILE_CHANGES_DISABLED"
    title = "The source does not let plugins be installed"
    sentence = (
        "The site does not let administrators install plugins (DISALLOW_FILE_MODS in wp-config.php, or a plugin"
        " that takes the right away). Allow it for the time of the clone."
    )
    by_hand = True


class FtpCredentialsNeeded(Refusal):
    """WordPress may not write its own files and asks for FTP credentials."""

    code = "FTP_CREDENTIALS"
    title = "The source asks for FTP credentials"
    sentence = (
        "The site cannot write its own files: WordPress asks for FTP credentials."
        " Make its folders belong to the web server's user."
    )
    by_hand = True


class UploadTooLarge(Refusal):
    """The site's limit for uploads is smaller than the plugin's zip, which has less than 200 KB."""

    code = "UPLOAD_TOO_LARGE"
    title = "The source takes no upload of this size"
    sentence = (
        "The site refuses uploads of this size."
        " Raise upload_max_filesize and post_max_size of its PHP, and its web server's limit, to 1 MB."
    )
    by_hand = True


class DirectoryNotWritable(Refusal):
    """WordPress could not write to its folder of plugins or uploads, or the disk is full."""

    code = "DIRECTORY_NOT_WRITABLE"
    title = "The source cannot write to its folders"
    sentence = (
        "WordPress could not write to its own folders. See that wp-content/plugins, wp-content/upgrade and"
        " wp-content/uploads can be written by the web server, and that the disk is not full."
    )
    by_hand = True


class UploadRefused(Refusal):
    """WordPress did not install the plugin; the detail has what it says."""

    code = "UPLOAD_FAILED"
    title = "The source did not install the plugin"
    sentence = "The site did not install the plugin."
    by_hand = True
