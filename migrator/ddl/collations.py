"""Find a collation of the target for one of the source that the target does not have.

MySQL and MariaDB share the old collations and differ in the new ones (`utf8mb4_0900_ai_ci`, `utf8mb4_uca1400_ai_ci`).
The substitute keeps case and accent sensitivity and never makes two values equal that were different: a unique key of
the source must hold in the target. So NO PAD (trailing blanks count) may replace PAD SPACE, not the reverse, and where
nothing suitable exists the binary collation is taken.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

# MariaDB's language names → MySQL's codes in the 0900 collations.
_LANGUAGES = {
    "croatian": "hr",
    "czech": "cs",
    "danish": "da",
    "esperanto": "eo",
    "estonian": "et",
    "german2": "de_pb",
    "hungarian": "hu",
    "icelandic": "is",
    "latvian": "lv",
    "lithuanian": "lt",
    "polish": "pl",
    "roman": "la",
    "romanian": "ro",
    "slovak": "sk",
    "slovenian": "sl",
    "spanish": "es",
    "spanish2": "es_trad",
    "swedish": "sv",
    "turkish": "tr",
    "vietnamese": "vi",
}
_LANGUAGE_NAMES = {code: name for name, code in _LANGUAGES.items()}
_SENSITIVITY = re.compile(r"(?:_(?P<accent>ai|as))?_(?P<case>ci|cs)(?:_ks)?\Z")


@dataclass(frozen=True)
class _Traits:
    charset: str
    language: str  # MariaDB's name, "" if none
    accent: bool  # accents count
    case: bool  # case counts
    padded: bool  # trailing blanks do not count
    binary: bool


@dataclass(frozen=True)
class Collations:
    """What a server offers: collations and character sets."""

    collations: Collection[str]
    charsets: Collection[str]

    def charset(self, name: str) -> str:
        """The target's character set for one of the source's; every server has utf8mb4, which holds all others."""
        for candidate in (name, *_aliases(name)):
            if candidate in self.charsets:
                return candidate
        return "utf8mb4"

    def collation(self, name: str) -> str:
        """The target's collation for one of the source's."""
        name = name.lower()
        if name in self.collations:
            return name
        traits = _traits(name)
        charset = self.charset(traits.charset)
        for candidate in (*(f"{alias}{name[len(traits.charset) :]}" for alias in _aliases(traits.charset)),):
            if candidate in self.collations:
                return candidate
        return next((c for c in _candidates(traits, charset) if c in self.collations), f"{charset}_bin")


def _aliases(charset: str) -> list[str]:
    return {"utf8": ["utf8mb3"], "utf8mb3": ["utf8"]}.get(charset, [])


def _traits(name: str) -> _Traits:
    charset, _, rest = name.partition("_")
    sensitivity = _SENSITIVITY.search("_" + rest)
    case = sensitivity is not None and sensitivity["case"] == "cs"
    accent = sensitivity["accent"] == "as" if sensitivity and sensitivity["accent"] else case
    padded = "nopad" not in rest and "0900" not in rest and not name.startswith("binary")
    binary = sensitivity is None or rest.endswith("bin")
    return _Traits(charset, _language(rest), accent, case, padded, binary)


def _language(rest: str) -> str:
    mysql = re.match(r"([a-z]{2}(?:_pb|_trad)?)_0900_", rest)
    if mysql:
        return _LANGUAGE_NAMES.get(mysql[1], "")
    mariadb = re.match(r"(?:uca1400_)?([a-z]+2?)_(?:520_)?(?:nopad_)?(?:ai|as|ci|cs)", rest)
    return mariadb[1] if mariadb and mariadb[1] in _LANGUAGES else ""


def _candidates(traits: _Traits, charset: str) -> Iterator[str]:
    """Collations from the nearest to the finest; binary ones are added by the caller's fallback too."""
    if not traits.binary:
        for accent, case in _sensitivities(traits):
            for language in dict.fromkeys((traits.language, "")):
                yield from _named(traits, charset, language, f"{accent}_{case}")
    yield from (f"{charset}_0900_bin", f"{charset}_nopad_bin") if not traits.padded else ()
    yield f"{charset}_bin"


def _sensitivities(traits: _Traits) -> Iterator[tuple[str, str]]:
    """The sensitivity itself, then finer ones."""
    for accent in ("as",) if traits.accent else ("ai", "as"):
        for case in ("cs",) if traits.case else ("ci", "cs"):
            yield accent, case


def _named(traits: _Traits, charset: str, language: str, sensitivity: str) -> Iterator[str]:
    if traits.padded:
        yield f"{charset}_uca1400_{language + '_' if language else ''}{sensitivity}"
    code = _LANGUAGES.get(language, "")
    yield f"{charset}_{code + '_' if code else ''}0900_{sensitivity}"
    yield f"{charset}_uca1400_{language + '_' if language else ''}nopad_{sensitivity}"
    if sensitivity == "ai_ci":
        for old in ("unicode_520", "unicode") if not language else (language,):
            yield from (f"{charset}_{old}_ci",) if traits.padded else (f"{charset}_{old}_nopad_ci",)
