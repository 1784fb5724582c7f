"""What the name of a variable, field or header promises about its value."""

import re
from enum import IntEnum
from functools import lru_cache
from typing import Final

from diffvet.review.secrets.kinds import PASSWORD, RANDOM_KEY, SECRET, Kind

WORDS: Final = (
    "pass",
    "pwd",
    "secret",
    "token",
    "key",
    "auth",
    "cred",
    "salt",
    "webhook",
    "signature",
    "sig=",
    "pat=",
    "cookie",
    "pw",
    "_pin",
    "psk",
    "bearer",
    "sess",
    "contrase",
    "senha",
    "wachtwoord",
    "kennwort",
    "parola",
    "mnemonic",
    "seed",
    "phrase",
    "dsn",
    "wif",
    "certificate_data",
)
"""Every telling name holds one of these, in lower case."""


class Promise(IntEnum):
    """How likely the value under a name is a secret; the lower, the more the value itself must show."""

    NONE = 0
    KEY = 1
    SECRET = 2
    PASSWORD = 3

    @property
    def kind(self) -> Kind:
        """What a value found under such a name is called."""
        return {Promise.PASSWORD: PASSWORD, Promise.SECRET: SECRET}.get(self, RANDOM_KEY)


_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[^\W\d_A-Z]+|\d+")
_PASSWORDS: Final = frozenset(
    [
        "password", "passwd", "passwort", "passphrase", "passcode", "pwd", "pass", "pw", "pword",
        "userpass", "dbpass", "dbpassword", "userpassword", "passwrd", "keypass", "storepass",
        "keystorepass", "adminpassword", "rootpassword", "dbpwd", "requirepass", "masterauth",
        "bindpw", "rootpw", "psk", "mnemonic", "passe", "contraseña", "contrasena", "contrasenya", "senha",
        "wachtwoord", "kennwort", "parola", "pin",
    ]
)  # fmt: skip
_SECRETS: Final = frozenset(
    [
        "secret", "secrets", "token", "tokens", "apikey", "apikeys", "credential", "credentials", "creds",
        "cred", "authtoken", "accesstoken", "accesskey", "secretkey", "privatekey", "apitoken",
        "apisecret", "clientsecret", "appsecret", "authkey", "refreshtoken", "bearertoken", "bottoken",
        "sharedsecret", "secrettoken", "authsecret", "encryptionkey", "signingkey", "masterkey",
        "sessiontoken", "webhooksecret", "consumersecret", "licensekey", "appkey", "secretaccesskey",
        "usertoken", "bearer", "authorization",
    ]
)  # fmt: skip
_KEYS: Final = frozenset(
    [
        "key", "keys", "auth", "salt", "pepper", "sig", "signature", "webhook", "cookie", "dsn", "pat", "wif",
    ]
)  # fmt: skip
_LIFTS: Final = frozenset(
    [
        "api", "access", "secret", "private", "priv", "auth", "account", "encryption", "encrypt",
        "signing", "sign", "master", "app", "application", "client", "service", "consumer", "license",
        "licence", "admin", "shared", "storage", "server", "webhook", "crypto", "cipher", "aes", "hmac",
        "jwt", "session", "deploy", "integration", "ssh", "write", "read", "ingest", "instrumentation",
        "subscription", "function", "host", "sas", "root", "connection", "token", "oauth", "vault",
        "stripe", "openai", "anthropic", "github", "gitlab", "aws", "azure", "gcp", "datadog", "dd",
        "sendgrid", "twilio", "mailgun", "algolia", "rest", "user", "project", "bot", "db", "database",
        "authorization", "validation", "decryption", "decrypt",
    ]
)  # fmt: skip
"""Words that make a ``key`` after them a secret."""
_VETOES: Final = frozenset(
    [
        "public", "pub", "publishable", "foreign", "cache", "sort", "partition", "hash",
        "range", "site", "csrf", "xsrf", "next", "page", "continuation", "pagination", "cursor", "cancel",
        "cancellation", "verification", "index", "lookup", "unique", "group", "search", "sync", "lock",
        "idempotency", "dedupe", "routing", "row", "object", "map", "dict", "translation", "i18n",
        "locale", "message", "resource", "registry", "hot", "short", "shortcut", "arrow", "press",
        "keyboard", "storagekey", "bucket", "s3", "query", "dedup", "invalidate", "preceding",
        "lookahead", "lexer", "parser", "syntax", "punctuation", "stop", "eos", "bos", "pad", "unk",
        "mask", "special", "max", "min", "num", "total", "count", "prompt", "completion", "remaining",
        "used", "estimated",
    ]
)  # fmt: skip
_HARMLESS: Final = frozenset(
    [
        "url", "uri", "urls", "path", "paths", "file", "files", "filename", "name", "names", "id", "ids",
        "type", "types", "kind", "field", "fields", "label", "hint", "regex", "pattern", "length", "len",
        "size", "min", "max", "count", "limit", "ttl", "expiry", "expires", "expiration", "expire",
        "timeout", "policy", "prompt", "message", "msg", "error", "errors", "reset", "header", "headers",
        "prefix", "suffix", "param", "params", "parameter", "provider", "manager", "service", "class",
        "factory", "handler", "store", "column", "table", "index", "format", "algorithm", "alg", "method",
        "methods", "validator", "validation", "encoder", "decoder", "hash", "hashed", "digest",
        "checksum", "fingerprint", "sha", "md5", "sha1", "sha256", "version", "enabled", "disabled",
        "required", "visible", "changed", "updated", "created", "at", "date", "time", "timestamp", "dir",
        "directory", "location", "host", "hostname", "port", "endpoint", "server", "issuer", "audience",
        "scope", "scopes", "usage", "status", "state", "strength", "rule", "rules", "role", "roles",
        "input", "box", "element", "selector", "locator", "xpath", "css", "icon", "title", "text",
        "description", "desc", "placeholder", "example", "template", "ring", "word", "words", "ref",
        "reference", "arn", "alias", "map", "mapping", "mode", "model", "schema", "config",
        "configuration", "options", "option", "settings", "group", "role", "user", "users", "username",
        "owner", "source", "env", "var", "variable", "callback", "function", "func", "fn", "hook",
        "action", "event", "route", "view", "page", "form", "component", "test", "tests", "spec", "mock",
        "code", "codes", "err", "attempts", "attempt", "retries", "retry", "interval", "rotation", "days",
        "seconds", "minutes", "hours", "ms", "bytes", "bits", "chars", "style", "color", "colour",
        "width", "height", "position", "order", "check", "verify", "verified", "match", "mismatch",
        "confirm", "confirmation", "confirmed", "changer", "helper", "util", "utils", "interface", "impl",
        "base64url", "pub", "public", "board", "press", "down", "up", "code", "frame", "frames", "press",
        "bindings", "binding", "stroke", "note", "notes", "signature", "sign", "stream", "pool", "bucket",
        "vault", "manager1", "generator", "gen", "lookup", "separator", "sep", "delimiter", "flag",
        "flags", "switch", "link", "links", "page", "exchange", "exchanger", "request", "response",
        "grant", "cookie1", "extractor", "resolver", "parser", "reader", "writer", "loader", "saver",
    ]
)  # fmt: skip
_PLAIN: Final = frozenset(
    [
        "value", "val", "str", "string", "data", "plain", "default", "prod", "production", "dev",
        "development", "staging", "stage", "live", "master", "main", "primary", "secondary", "base",
        "b64", "base64", "hex", "raw", "old", "new", "current", "previous", "backup", "one", "two", "a",
        "b", "c", "v", "env", "qa", "uat", "eu", "us", "internal", "external", "literal", "env1", "json",
    ]
)  # fmt: skip


_SESSION: Final = re.compile(
    r"(?:^|[^a-z])(?:j|php|asp)?sess(?:ion)?[_-]?(?:id|key)$|(?<=[a-z])Session(?:Id|ID|Key)$", re.IGNORECASE
)
"""Who knows the number of a session is its user."""


@lru_cache(maxsize=4096)
def promise(name: str) -> tuple[Promise, bool]:
    """What ``name`` (an identifier in any case style) promises, and whether its ending leaves doubt."""
    if _SESSION.search(name):
        return Promise.SECRET, True
    words = [word.lower() for word in _WORD.findall(name)]
    for index in range(len(words) - 1, -1, -1):
        level = _level(words, index)
        if level is not Promise.NONE:
            return _weighed(words, index, level)
    return Promise.NONE, False


def _level(words: list[str], index: int) -> Promise:
    word = words[index]
    if word in _PASSWORDS or word.endswith(("password", "passwd", "userpwd")):
        return (
            Promise.PASSWORD
            if word not in {"pass", "pw", "pin"} or index or len(words) == 1
            else Promise.NONE
        )
    if word in _SECRETS or word.endswith(("apikey", "secretkey", "accesskey", "authtoken", "accesstoken")):
        return Promise.SECRET
    if word in _KEYS:
        lifted = index and (
            words[index - 1] in _LIFTS or words[index - 1] in _SECRETS or words[index - 1] in _PASSWORDS
        )
        return (
            Promise.SECRET
            if lifted and word in {"key", "keys", "auth", "signature", "pat", "dsn"}
            else Promise.KEY
        )
    return Promise.NONE


def _weighed(words: list[str], index: int, level: Promise) -> tuple[Promise, bool]:
    before, after = words[:index], words[index + 1 :]
    if any(word in _HARMLESS for word in after):
        return Promise.NONE, False
    if words[index] == "salt":
        return level, bool(after)
    if before and before[-1] in _VETOES and level is not Promise.PASSWORD:
        return Promise.NONE, False
    if any(
        word in {"public", "pub", "publishable", "hash", "hashed", "digest", "checksum"} for word in before
    ):
        return Promise.NONE, False
    doubt = any(not (word.isdigit() or word in _PLAIN) for word in after)
    return level, doubt
