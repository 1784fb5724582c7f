"""Invented secrets in the syntaxes people write them in; everything comes from a seed, nothing is live.

``samples(count, seed)`` gives secrets with the file they stand in. Prefixes are joined at run time so that no
scanner takes this file for a leak.
"""
# ruff: noqa: ISC004 - prefixes are joined at run time so that scanners take no line for a leak; nothing is a real secret

import base64
import string
from collections.abc import Callable

from unit.samples.secrets.sample import ALNUM, BASE64, HEX, WORD, Chance, Sample

MARKS = "!#$%^&*-_=+?"
WORDS = [
    "falcon",
    "river",
    "copper",
    "maple",
    "winter",
    "orbit",
    "velvet",
    "thunder",
    "pixel",
    "harbor",
    "cobalt",
    "meadow",
    "summit",
    "lantern",
]


def _password(c: Chance) -> str:
    match c.randrange(6):
        case 0:
            return c.of(ALNUM, c.randrange(10, 24)) + c.choice("379")
        case 1:
            return c.choice(WORDS).capitalize() + c.choice("!@#$&*") + str(c.randrange(100, 9999))
        case 2:
            return (
                c.choice(WORDS) + c.choice(WORDS).capitalize() + str(c.randrange(10, 99)) + c.choice("!?#*")
            )
        case 3:
            return (
                c.choice(WORDS).replace("o", "0").replace("e", "3").replace("l", "1")
                + str(c.randrange(10, 99))
                + "!"
            )
        case 4:
            return "".join(c.choice(ALNUM + "!#%^*-_=+?") for _ in range(c.randrange(12, 20))) + "7x"
        case _:
            return "-".join(c.sample(WORDS, 3)) + "-" + str(c.randrange(10, 999))


def _jwt(c: Chance) -> str:
    return c.jwt(sub=c.of(HEX, 8), iat=c.randrange(10**9, 2 * 10**9), role="owner")


TOKENS: dict[str, Callable[[Chance], str]] = {
    "aws-access-key": lambda c: c.choice(["AK" "IA", "AS" "IA"]) + c.of(string.ascii_uppercase + "234567", 16),
    "github": lambda c: c.choice(["gh" "p_", "gh" "o_", "gh" "s_"]) + c.of(ALNUM, 36),
    "github-fine": lambda c: "github" "_pat_" + c.of(ALNUM, 22) + "_" + c.of(ALNUM, 59),
    "gitlab": lambda c: "gl" "pat-" + c.of(WORD, 20),
    "slack-bot": lambda c: f"xo" f"xb-{c.randrange(10**11, 10**12)}-{c.randrange(10**11, 10**12)}-{c.of(ALNUM, 24)}",
    "slack-app": lambda c: f"xa" f"pp-1-A{c.of(string.ascii_uppercase + string.digits, 10)}-{c.randrange(10**12, 10**13)}-{c.of(HEX, 64)}",
    "stripe": lambda c: c.choice(["sk_" "live_", "rk_" "live_"]) + c.of(ALNUM, 24),
    "google-api": lambda c: "AI" "za" + c.of(WORD, 34) + "Q",
    "google-oauth": lambda c: "GOC" "SPX-" + c.of(WORD, 28),
    "npm": lambda c: "np" "m_" + c.of(ALNUM, 36),
    "pypi": lambda c: "py" "pi-AgEIcHlwaS5vcmc" + c.of(WORD, 120),
    "sendgrid": lambda c: "S" "G." + c.of(WORD, 22) + "." + c.of(WORD, 43),
    "twilio": lambda c: "S" "K" + c.of(HEX, 32),
    "mailgun": lambda c: "ke" "y-" + c.of(HEX, 32),
    "mailchimp": lambda c: c.of(HEX, 32) + "-" "us" + str(c.randrange(1, 21)),
    "openai": lambda c: c.choice(["sk-" "proj-" + c.of(WORD, 100), "sk-" + c.of(ALNUM, 20) + "T3Blbk" "FJ" + c.of(ALNUM, 20)]),
    "anthropic": lambda c: "sk-" "ant-api03-" + c.of(WORD, 93) + "AA",
    "routing": lambda c: "r" "k_" + c.of(HEX, 64),
    "hugging-face": lambda c: "h" "f_" + c.of(string.ascii_letters, 34),
    "digitalocean": lambda c: "do" "p_v1_" + c.of(HEX, 64),
    "shopify": lambda c: "shp" "at_" + c.of(HEX, 32),
    "telegram": lambda c: f"{c.randrange(10**8, 10**10)}:A" f"A{c.of(WORD, 33)}",
    "discord": lambda c: "M" + c.of(ALNUM, 23) + "." + c.of(WORD, 6) + "." + c.of(WORD, 27),
    "square": lambda c: "sq0" "csp-" + c.of(WORD, 43),
    "databricks": lambda c: "da" "pi" + c.of(HEX, 32),
    "atlassian": lambda c: "ATA" "TT3xFfGF0" + c.of(WORD, 170) + "=" + c.of(HEX.upper(), 8),
    "linear": lambda c: "lin" "_api_" + c.of(ALNUM, 40),
    "new-relic": lambda c: "NR" "AK-" + c.of(string.ascii_uppercase + string.digits, 27),
    "vault": lambda c: "hv" "s." + c.of(WORD, 90),
    "doppler": lambda c: "dp" ".pt." + c.of(ALNUM, 43),
    "azure-secret": lambda c: c.of(ALNUM, 3) + "8" "Q~" + c.of(ALNUM + "-_", 34),
    "jwt": _jwt,
}  # fmt: skip
"""Values that tell by themselves what they are."""

NAMED: dict[str, tuple[tuple[str, ...], Callable[[Chance], str]]] = {
    "aws-secret-key": (("aws_secret_access_key", "AWS_SECRET_ACCESS_KEY", "awsSecretAccessKey", "secretAccessKey"), lambda c: c.of(BASE64, 40)),
    "heroku": (("HEROKU_API_KEY", "heroku_api_key"), lambda c: c.uuid()),
    "datadog": (("DD_API_KEY", "datadog_api_key", "DATADOG_APP_KEY"), lambda c: c.of(HEX, 32)),
    "twilio-auth": (("TWILIO_AUTH_TOKEN", "twilioAuthToken", "auth_token"), lambda c: c.of(HEX, 32)),
    "cloudflare": (("CLOUDFLARE_API_TOKEN", "cloudflareApiToken", "cf-api-token"), lambda c: c.of(WORD, 40)),
    "django-secret": (("SECRET_KEY", "DJANGO_SECRET_KEY"), lambda c: c.of(string.ascii_lowercase + string.digits + "!@#%^&*-_=+", 50)),
    "rails-secret": (("secret_key_base", "SECRET_KEY_BASE"), lambda c: c.of(HEX, 128)),
    "client-secret": (("client_secret", "clientSecret", "OAUTH_CLIENT_SECRET", "consumer-secret"), lambda c: c.of(ALNUM, c.randrange(24, 48))),
    "api-key": (("api_key", "apiKey", "API_KEY", "x-api-key", "ALGOLIA_ADMIN_KEY", "mapsApiKey"), lambda c: c.of(ALNUM, c.randrange(20, 41))),
    "signing-key": (("signing_key", "encryptionKey", "JWT_SIGNING_KEY", "hmac_key", "COOKIE_SECRET"), lambda c: c.of(BASE64, 43) + "="),
    "access-token": (("access_token", "refreshToken", "BOT_TOKEN", "personal_access_token", "DEPLOY_TOKEN"), lambda c: c.of(ALNUM, c.randrange(20, 60))),
    "password": (("password", "DB_PASSWORD", "dbPassword", "db.password", "admin-password", "passwd", "MYSQL_ROOT_PASSWORD", "smtp_pwd", "passphrase"), _password),
}  # fmt: skip
"""Values that only their name gives away."""

_QUOTED: tuple[tuple[str, str], ...] = (
    ("src/app.py", '{n} = "{v}"'),
    ("src/app.py", "client = Client({n}='{v}', timeout=3)"),
    ("src/app.py", 'conf["{n}"] = "{v}"'),
    ("src/settings.py", '{n}: str = "{v}"  # rotate'),
    ("web/index.js", "const {n} = '{v}';"),
    ("web/index.ts", "  {n}: `{v}`,"),
    ("web/config.ts", "export const {n}: string = '{v}'"),
    ("config/app.yaml", '  {n}: "{v}"'),
    ("config/app.yml", "  {n}: {v}"),
    ("config/app.json", '    "{n}": "{v}",'),
    ("config/app.json", '{{"name":"svc","{n}":"{v}","retries":3}}'),
    ("pom.xml", "    <{n}>{v}</{n}>"),
    ("web.config", '    <add key="{n}" value="{v}" />'),
    ("deploy/.env", "{n}={v}"),
    ("deploy/prod.env", "{n}='{v}'"),
    ("deploy/run.sh", 'export {n}="{v}"'),
    ("deploy/run.sh", "{n}={v} ./serve --port 80"),
    ("app.ini", "{n} = {v}"),
    ("app.properties", "{n}={v}"),
    ("Dockerfile", "ENV {n}={v}"),
    ("Dockerfile", "ENV {n} {v}"),
    ("main.tf", '  {n} = "{v}"'),
    ("prod.tfvars", '{n} = "{v}"'),
    ("src/Main.java", '    private static final String {n} = "{v}";'),
    ("src/main.go", '\t{n} := "{v}"'),
    ("src/lib.rs", 'const {n}: &str = "{v}";'),
    ("src/App.cs", '    public const string {n} = @"{v}";'),
    ("app/models.rb", "  {n}: '{v}',"),
    ("app/init.rb", ":{n} => '{v}'"),
    ("index.php", "define('{n}', '{v}');"),
    ("index.php", "$config['{n}'] = '{v}';"),
    ("src/Main.kt", 'val {n} = "{v}"'),
    ("config.toml", '{n} = "{v}"'),
    ("README.md", "Set `{n}={v}` before you start."),
    ("notes.txt", "{n}: {v}"),
    ("run.ps1", '$env:{n} = "{v}"'),
    ("include/keys.h", '#define {n} "{v}"'),
    ("src/app.py", "# old: {n} = '{v}'"),
    ("src/app.py", 'payload = \'{{"{n}": "{v}"}}\''),
    ("k8s.yaml", "- name: {n}\n  value: {v}"),
    ("k8s.yaml", '        - name: {n}\n          value: "{v}"'),
    ("app.plist", "<key>{n}</key>\n<string>{v}</string>"),
    ("ci.yml", "    run: deploy --{n} {v} --force"),
    ("ci.yml", "    run: deploy --{n}={v} --force"),
)

_BARE: tuple[tuple[str, str], ...] = (
    ("src/app.py", 'client = Client("{v}")'),
    ("src/app.py", "# use {v} for now"),
    ("tests/data.json", '["{v}", 3]'),
    ("run.sh", "deploy '{v}'"),
    ("run.sh", 'curl -H "Authorization: Bearer {v}" https://api.internal.net/v1'),
    ("web/index.js", "fetch(url, {{headers: {{Authorization: 'token {v}'}}}})"),
    ("out.log", "2026-01-03 12:00:01 INFO connected with {v}"),
    ("a.csv", "7,{v},on"),
)


def _named(c: Chance, kind: str) -> Sample:
    names, make = NAMED[kind]
    while True:
        path, form = c.choice(_QUOTED)
        name, value = c.choice(names), make(c)
        bare = not any(f"{q}{{v}}" in form for q in "\"'`>") or path.endswith(".xml")
        if (bare and any(mark in value for mark in "#$&;<!%^*|?\\")) or (
            "-" in name and ("define" in form or "ENV" in form)
        ):
            continue
        return Sample(kind, path, tuple(form.format(n=name, v=value).split("\n")), (value,))


def _token(c: Chance, kind: str) -> Sample:
    value = TOKENS[kind](c)
    path, form = c.choice(_QUOTED if c.random() < 0.6 else _BARE)
    name = c.choice(("token", "KEY", "apiToken", "value", "service_key"))
    return Sample(kind, path, tuple(form.format(n=name, v=value).split("\n")), (value,))


def _private_key(c: Chance, kind: str) -> Sample:
    word = {
        "rsa-key": "RSA ",
        "ec-key": "EC ",
        "openssh-key": "OPENSSH ",
        "pkcs8-key": "",
        "encrypted-key": "ENCRYPTED ",
    }.get(kind, "")
    block = " BLOCK" if kind == "pgp-key" else ""
    word = "PGP " if block else word
    begin, end = f"-----BEGIN {word}PRIVATE KEY{block}-----", f"-----END {word}PRIVATE KEY{block}-----"
    body = [
        "MII" + c.of(BASE64, 61),
        *(c.of(BASE64, 64) for _ in range(c.randrange(2, 12))),
        c.of(BASE64, c.randrange(4, 60)) + "=",
    ]
    match c.randrange(5):
        case 0:
            return Sample(kind, "deploy/server.pem", (begin, *body, end), tuple(body))
        case 1:
            return Sample(kind, "src/keys.py", ('KEY = """' + begin, *body, end + '"""'), tuple(body))
        case 2:
            return Sample(
                kind, "conf.yaml", ("key: |", *("    " + line for line in (begin, *body, end))), tuple(body)
            )
        case 3:
            joined = "\\n".join([begin, *body, end])
            return Sample(kind, "account.json", (f'  "private_key": "{joined}\\n",',), tuple(body))
        case _:
            return Sample(
                kind, "src/keys.js", tuple(f'  "{line}\\n" +' for line in (begin, *body, end)), tuple(body)
            )


def _address(c: Chance, kind: str) -> Sample:
    value = c.of(ALNUM, c.randrange(9, 24)) + c.choice("37")
    host = f"{c.choice(WORDS)}.{c.choice(WORDS)}.net"
    if kind == "database-url":
        scheme = c.choice(
            ["postgres", "postgresql+psycopg", "mysql", "mongodb+srv", "redis", "amqps", "mssql"]
        )
        form = c.choice(['url = "{}"', "DATABASE_URL={}", "  url: {}", '"dsn": "{}"', "<url>{}</url>"])
        line = form.format(f"{scheme}://{c.choice(['app', 'svc_user', ''])}:{value}@{host}:5432/app")
    elif kind == "basic-auth-url":
        line = c.choice(
            [
                "git clone https://bot:{}@{}/a.git",
                "url: 'https://bot:{}@{}/'",
                "pip install --index-url http://ci:{}@{}/simple x",
            ]
        ).format(value, host)
    elif kind == "connection-string":
        form = c.choice(
            [
                "Server={};Database=a;User Id=sa;Password={};Encrypt=true",
                "Data Source={};Initial Catalog=a;uid=sa;pwd={};",
                "jdbc:postgresql://{}/a?user=app&password={}&ssl=true",
            ]
        )
        line = c.choice(['conn = "{}"', '<add name="Db" connectionString="{}" />', '"Db": "{}",']).format(
            form.format(host, value)
        )
    elif kind == "azure-storage":
        value = c.of(BASE64, 86) + "=="
        line = f'AZURE="DefaultEndpointsProtocol=https;AccountName=store;AccountKey={value};EndpointSuffix=core.windows.net"'
    elif kind == "basic-header":
        value = base64.b64encode(f"svc:{value}".encode()).decode()
        line = c.choice(
            ["Authorization: Basic {}", "  -H 'Authorization: Basic {}' \\", '"authorization": "Basic {}",']
        ).format(value)
    elif kind == "bearer-header":
        value = c.of(ALNUM + "-._", 40) + "a"
        line = c.choice(
            [
                "Authorization: Bearer {}",
                '{{"Authorization": "Bearer {}"}}',
                "headers['Authorization'] = 'bearer {}'",
            ]
        ).format(value)
    elif kind == "slack-webhook":
        upper = string.ascii_uppercase + string.digits
        value = f"T{c.of(upper, 9)}/B{c.of(upper, 9)}/{c.of(ALNUM, 24)}"
        line = f'hook = "https://hooks.slack.com/services/{value}"'
    elif kind == "discord-webhook":
        value = c.of(WORD, 68)
        line = f"hook: https://discord.com/api/webhooks/{c.randrange(10**17, 10**18)}/{value}"
    elif kind == "sas-signature":
        value = c.of(ALNUM, 43) + "%3D"
        line = f'url = "https://store.blob.core.windows.net/a?sv=2022-11-02&sp=r&sig={value}"'
    else:
        line = c.choice(
            [f"machine {host} login bot password {value}", f"curl -u bot:{value} https://{host}/"]
        )
        return Sample(kind, ".netrc" if "machine" in line else "run.sh", (line,), (value,))
    return Sample(
        kind,
        c.choice(["src/app.py", "config/app.yaml", "docker-compose.yml", "src/App.cs", "run.sh"]),
        (line,),
        (value,),
    )


KEYS = ("rsa-key", "ec-key", "openssh-key", "pkcs8-key", "encrypted-key", "pgp-key")
ADDRESSES = (
    "database-url", "basic-auth-url", "connection-string", "azure-storage", "basic-header", "bearer-header",
    "slack-webhook", "discord-webhook", "sas-signature", "login",
)  # fmt: skip
KINDS = (*TOKENS, *NAMED, *KEYS, *ADDRESSES)


def samples(count: int, seed: int) -> list[Sample]:
    """``count`` secrets, the kinds in turn."""
    chance = Chance(seed)
    made = []
    for number in range(count):
        kind = KINDS[number % len(KINDS)]
        make = (
            _token
            if kind in TOKENS
            else _named
            if kind in NAMED
            else _private_key
            if kind in KEYS
            else _address
        )
        made.append(make(chance, kind))
    return made
