"""Split an SQL statement into tokens, exactly: joining them gives the statement back.

Enough to change words of SHOW CREATE output without touching what stands in quotes, names and comments, and to say what
a statement is. Works on text decoded as latin-1, so that every byte survives. Refused is whatever a server might split
in another way: a source is not trusted.
"""

import re
from collections.abc import Iterator, Sequence

from migrator.errors import SourceDataInvalid

_LONGEST = 4_194_304  # bytes; servers keep definitions far below
_TOKEN = re.compile(
    r"""'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*"|`(?:[^`]|``)*`|/\*.*?\*/|/\*|--|[A-Za-z0-9_$]+|\s+|.""",
    re.DOTALL | re.ASCII,
)
# Quotes and comments that do not end, comments up to the end of a line, what only stands in quotes, and words that
# begin with a dollar sign: since 8.0.34 MySQL takes `$$` for a quote.
_DOUBTFUL = re.compile(r"""['"`#\\]|/\*|--|\$.*|[^\t\n\r -~]""")


def split(statement: str) -> list[str]:
    """All tokens, blanks and comments included; raises SourceDataInvalid where it is doubtful what they are."""
    if len(statement) > _LONGEST:
        raise SourceDataInvalid("The source sent a definition that is larger than any.")
    tokens = list[str]()
    for found in _TOKEN.finditer(statement):
        if _DOUBTFUL.fullmatch(found[0]):
            raise SourceDataInvalid("The source sent a definition that cannot be read.")
        tokens.append(found[0])
    return tokens


def solid(tokens: Sequence[str]) -> list[str]:
    """The tokens that are not blank."""
    return [token for token in tokens if not is_blank(token)]


def is_blank(token: str) -> bool:
    """Whether a token is white space."""
    return token.isspace()


def unquoted(token: str) -> str:
    """A name without backticks, or any other token as it is."""
    return token[1:-1].replace("``", "`") if token.startswith("`") else token


def next_solid(tokens: Sequence[str], index: int) -> int:
    """Index of the first token from `index` on that is not blank; len(tokens) if there is none."""
    while index < len(tokens) and is_blank(tokens[index]):
        index += 1
    return index


def closing(tokens: Sequence[str], opening: int) -> int:
    """Index of the parenthesis that closes the one at `opening`; the last index if none does."""
    depth = 0
    for index in range(opening, len(tokens)):
        depth += {"(": 1, ")": -1}.get(tokens[index], 0)
        if depth == 0:
            return index
    return len(tokens) - 1


def definitions(tokens: Sequence[str]) -> Iterator[list[str]]:
    """Split the inside of a pair of parentheses at its commas."""
    part, depth = list[str](), 0
    for word in tokens:
        depth += {"(": 1, ")": -1}.get(word, 0)
        if word == "," and depth == 0:
            yield part
            part = []
        else:
            part.append(word)
    yield part
