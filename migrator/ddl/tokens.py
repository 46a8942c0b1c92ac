"""Split an SQL statement into tokens, exactly: joining them gives the statement back.

Enough to change words of SHOW CREATE output without touching what stands in quotes, names and comments. Works on text
decoded as latin-1, so that every byte survives.
"""

import re
from collections.abc import Iterator, Sequence

_TOKEN = re.compile(
    r"""'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*"|`(?:[^`]|``)*`|/\*.*?\*/|[A-Za-z0-9_$]+|\s+|.""", re.DOTALL
)


def split(statement: str) -> list[str]:
    """All tokens, blanks and comments included."""
    return _TOKEN.findall(statement)


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
