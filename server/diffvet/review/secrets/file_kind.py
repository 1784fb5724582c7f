"""How the unquoted values of a file are to be read, by its name."""

import re
from enum import Enum
from functools import lru_cache
from typing import Final

from diffvet.expression import expression

_CONFIG: Final = expression(
    r"(?:^|/)(?:\.env[^/]*|env|[^/]*\.env|[^/]*\.(?:ya?ml|ini|cfg|conf|cnf|config|properties|props|toml|tfvars|sh|bash|zsh|ksh|fish|ps1|bat|cmd|envrc|env\.\w+|"
    r"npmrc|pypirc|netrc|http|rest|service|desktop|txt|md|rst|log|secrets?|creds?|credentials|iss|inf|reg|sls|opts|options)|dockerfile[^/]*|[^/]*\.dockerfile|containerfile|procfile|makefile|credentials|config|"
    r"\.(?:npmrc|pypirc|netrc|pgpass|my\.cnf|s3cfg|aws|bashrc|zshrc|profile|envrc|htpasswd|boto|gitconfig|dockercfg)|_netrc|secrets?)$",
    re.IGNORECASE,
)
_PROSE_FILE: Final = expression(r"\.(?:md|rst|txt|log|adoc)$", re.IGNORECASE)
_SHELL_FILE: Final = expression(
    r"\.(?:sh|bash|zsh|ksh|fish|ps1|bat|cmd)$|(?:^|/)(?:dockerfile|makefile)[^/]*$", re.IGNORECASE
)


class FileKind(Enum):
    """What an unquoted word after a name is: code, the value of a setting, a word of a command, prose."""

    CODE = 0
    SETTINGS = 1
    SHELL = 2
    PROSE = 3


@lru_cache(maxsize=256)
def file_kind(path: str) -> FileKind:
    """The kind of the file ``path``."""
    if not _CONFIG.search(path):
        return FileKind.CODE
    if _PROSE_FILE.search(path):
        return FileKind.PROSE
    return FileKind.SHELL if _SHELL_FILE.search(path) else FileKind.SETTINGS
