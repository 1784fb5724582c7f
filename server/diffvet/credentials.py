"""The key for the configured endpoint, taken out of the environment before anything else is loaded or started."""

import os
from collections.abc import Mapping, MutableMapping
from pathlib import Path

from diffvet.errors import SettingsError
from diffvet.messages.key import ApiKey
from diffvet.settings.model import Settings


def api_key(settings: Settings, environ: Mapping[str, str] = os.environ) -> ApiKey | None:
    """The key for the configured endpoint, None where there is none."""
    secret = environ.get(settings.api_key_env, "").strip()
    return ApiKey(secret) if secret and not settings.embedded else None


def hide_key(settings: Settings, environ: MutableMapping[str, str] = os.environ) -> ApiKey | None:
    """The key, taken out of ``environ`` so that no child process inherits it."""
    key = api_key(settings, environ)
    for name in {settings.api_key_env, "DIFFVET_API_KEY"}:
        environ.pop(name, None)
    return key


def hide_users_key() -> ApiKey | None:
    """The same where no repository is known yet: by the user's word alone, who is the only one to name the variable."""
    from diffvet.settings.load import load  # noqa: PLC0415 - not for those who have settings

    try:
        return hide_key(load(Path(os.sep)))
    except SettingsError:  # whoever needs the settings will say what is wrong
        return hide_key(Settings())
