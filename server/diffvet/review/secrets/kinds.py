"""The kinds of secrets: what each is called in a placeholder and in a finding."""

from dataclasses import dataclass
from typing import Final

READ_BY_ALL: Final = "Everyone who can read the repository or its history can use it."
ROTATE: Final = "Revoke it where it was issued and read the new one from the environment or a secret store."


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of secret.

    ``label`` stands in placeholders (capitals and underscores), ``noun`` in titles ("A GitHub token").
    """

    label: str
    noun: str
    why: str = READ_BY_ALL
    fix: str = ROTATE

    @property
    def title(self) -> str:
        """The title of a finding of this kind; never holds the value."""
        return f"{self.noun} is committed"


PRIVATE_KEY = Kind(
    "PRIVATE_KEY",
    "A private key",
    "Everyone who can read the repository or its history can sign, decrypt or log in with it.",
    "Revoke the key, issue a new one, and load it from a secret store or a file outside the repository.",
)
PASSWORD = Kind(
    "PASSWORD",
    "A password",
    "Everyone who can read the repository or its history knows it.",
    "Change the password and read it from the environment or a secret store.",
)
PASSWORD_HASH = Kind(
    "PASSWORD_HASH",
    "The hash of a password",
    "Everyone who can read the repository or its history can try passwords against it without being noticed.",
    "Change the password and keep the file out of the repository.",
)
URL_PASSWORD = Kind("URL_PASSWORD", "An address with a password in it", PASSWORD.why, PASSWORD.fix)
AUTH_HEADER = Kind("AUTH", "An authorization header")
SECRET = Kind("SECRET", "A secret value")
RANDOM_KEY = Kind("KEY", "A key")
