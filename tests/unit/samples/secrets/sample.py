"""What the sets of secrets and of look-alikes share: a sample, and chance that a seed decides."""

import base64
import json
import random
import string
from typing import NamedTuple

UP, LOW, DIGITS, LETTERS = string.ascii_uppercase, string.ascii_lowercase, string.digits, string.ascii_letters
ALNUM = LETTERS + DIGITS
WORD = ALNUM + "_-"
HEX = "0123456789abcdef"
BASE64 = ALNUM + "+/"


class Sample(NamedTuple):
    """Lines of a file, and the values in them that must not be sent (none in a look-alike)."""

    kind: str
    path: str
    lines: tuple[str, ...]
    values: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


class Chance(random.Random):
    def of(self, alphabet: str, size: int) -> str:
        return "".join(self.choices(alphabet, k=size))

    def uuid(self) -> str:
        return "-".join(self.of(HEX, size) for size in (8, 4, 4, 4, 12))

    def bytes64(self, size: int) -> str:
        return base64.b64encode(self.randbytes(size)).decode()

    def jwt(self, **claims: object) -> str:
        def part(value: object) -> str:
            return (
                base64.urlsafe_b64encode(json.dumps(value, separators=(",", ":")).encode())
                .decode()
                .rstrip("=")
            )

        head = part({"alg": self.choice(["HS256", "RS256", "ES256"]), "typ": "JWT"})
        return f"{head}.{part(claims)}.{self.of(WORD, 43)}"
