"""Lines that look like secrets and are none: made by rules, and sampled from installed packages."""
# ruff: noqa: ISC004, S311 - prefixes are joined at run time so that scanners take no line for a leak; nothing is a real secret

import base64
import random
import sysconfig
from pathlib import Path

from unit.samples.secrets.made import WORDS
from unit.samples.secrets.sample import ALNUM, BASE64, HEX, WORD, Chance, Sample

_PLACEHOLDERS = (
    "changeme", "change-me", "your-api-key-here", "YOUR_API_KEY", "xxxxxxxxxxxxxxxx", "<your-token>", "${DB_PASSWORD}", "{{ vault_password }}",
    "********", "example", "example-secret-value", "$TOKEN", "%(password)s", "TODO", "replace-me", "REDACTED", "<PASSWORD>", "$(cat /run/secret)",
    "insert-your-token", "not-a-real-key", "dummy-token-123", "password123", "secret", "test", "null", "%s", "...", "${{ secrets.TOKEN }}", "#{token}",
    "@@TOKEN@@", "__TOKEN__", "xxxx-xxxx-xxxx", "0000000000000000", "1234567890abcdef", "my-secret-token", "fake-key", "sk-xxxxxxxxxxxxxxxx",
    "ENC[AES256_GCM,data:Tr7o=]", "arn:aws:secretsmanager:eu-west-1:1234:secret:db", "vault:secret/data/db#password", "op://team/db/password", "ref+awsssm://db",
)  # fmt: skip
_CODE = (
    "password = os.environ['DB_PASSWORD']", "token = process.env.API_TOKEN", "password: str", "password: Optional[str] = None", "api_key = config.get('api_key')",
    "const token = await getToken(request)", "self.password = password", "secret_key = self.settings.secret_key", "let token = parser.nextToken();",
    "password = getpass.getpass('Password: ')", "def reset_password(token: str, new_password: str) -> None:", "if (password.length < 8) return ERR_PASSWORD_TOO_SHORT;",
    'public static final String PASSWORD_FIELD = "password";', "token_type = 'Bearer'", "TOKEN_URL = 'https://auth.internal.net/oauth2/v1/token'",
    "secretName: db-credentials-v2", "  secretKeyRef: {name: db, key: password}", "api_key_header = 'X-Api-Key'", '<input type="password" name="pwd1" id="user-pwd-2">',
    "password = hash_password(raw, rounds=12)", "authToken: this.props.authToken,", "import { SecretManagerServiceClient } from '@google-cloud/secret-manager';",
    "from keyring.backends.SecretService import Keyring", "key = f'{prefix}:user:{user_id}:v2'", "cache_key = 'user_profile_v2_en_US'", "primary_key = 'customer_order_id'",
    "keyboard.press('Control+Shift+K')", "KeyError: 'x-request-id-2'", "Authorization: Bearer <token>", "Authorization: Bearer ${ACCESS_TOKEN}", "headers['Authorization'] = f'Bearer {token}'",
    "postgres://user:password@localhost/app", "postgres://postgres:postgres@db:5432/app", "https://user:pass@example.com/", "redis://:${REDIS_PASSWORD}@cache:6379/0", "mysql://root:{{ pw }}@db/app",
    "csrf_token = '{% csrf_token %}'", "next_page_token: 'CAUQAA'", "token_endpoint_auth_method = 'client_secret_basic'", "grant_type='urn:ietf:params:oauth:grant-type:jwt-bearer'",
    "password_validators = ['django.contrib.auth.password_validation.MinimumLengthValidator']", "spring.datasource.password=@db.password@", "password: !vault |", "tokenizer = AutoTokenizer.from_pretrained('bert-base-uncased')",
    "max_tokens = 4096", "eos_token = '<|endoftext|>'", "pad_token_id: 50256", "PasswordAuthentication yes", "private_key_path = '/etc/ssl/private/server.key'", "key_file: ~/.ssh/id_ed25519",
    'ssh_key_name = "deploy-key-2024"', "secret = secrets.token_urlsafe(32)", "api_key = Rails.application.credentials.api_key", "  password: {{ .Values.db.password | quote }}", "kms_key_id = 'alias/aws/s3'",
    "token = lexer.token()", "signature = inspect.signature(func)", "auth = HTTPBasicAuth(user, password)", "pass_through = true", "sort_key = 'createdAt#2'", "passed: 12, failed: 3", "compass: 'N45E'",
    "<SecretKey>{secret}</SecretKey>", "PASSWORD=", "password=''", "export API_KEY=$1", 'API_KEY="$(op read op://dev/api/key)"', '--password "$PASSWORD"', "ARG NPM_TOKEN", "ENV TOKEN_TTL=3600s",
    "$mdp = $_POST['password'];", "authorization_code = 'authorization_code'", "certificate_authority_key = tls_private_key.ca.private_key_pem",
)  # fmt: skip
_TRANSLATIONS = (
    '"password": "Passwort"', '"forgotPassword": "Mot de passe oublié ?"', '"token_expired": "Ihr Token ist abgelaufen"', "password: Hasło", 'msgstr "Contraseña"', '"passwordHint": "Mindestens-8-Zeichen"',
    '"secret_question": "Geheimfrage"', '"api_key": "Clé-d\'API"', '"accessToken": "Zugriffstoken"', '"password_too_short": "Das Passwort ist zu kurz (min. 8)"',
)  # fmt: skip


def _made(c: Chance) -> Sample:
    hexes = c.of(HEX, c.choice((32, 40, 64, 128)))
    sri = "sha512-" + base64.b64encode(c.randbytes(64)).decode()
    name = c.choice(("password", "api_key", "TOKEN", "clientSecret", "secret_key", "DB_PASSWORD"))
    families = {
        "placeholder": ("config/app.yaml", f'{name}: "{c.choice(_PLACEHOLDERS)}"'),
        "placeholder-env": (".env.example", f"{name}={c.choice([p for p in _PLACEHOLDERS if ' ' not in p])}"),
        "code": (c.choice(("src/app.py", "src/a.ts", "src/A.java", "conf.yaml", "run.sh")), c.choice(_CODE)),
        "translation": ("locales/de.json", c.choice(_TRANSLATIONS)),
        "lock-integrity": ("package-lock.json", f'      "integrity": "{sri}",'),
        "lock-hash": ("poetry.lock", f'    {{file = "a-1.whl", hash = "sha256:{c.of(HEX, 64)}"}},'),
        "go-sum": ("go.sum", f"golang.org/x/crypto v0.1.0 h1:{c.of(BASE64, 43)}="),
        "requirements-hash": ("requirements.txt", f"    --hash=sha256:{c.of(HEX, 64)} \\"),
        "cargo-checksum": ("Cargo.lock", f'checksum = "{c.of(HEX, 64)}"'),
        "commit": ("src/a.py", c.choice((f'COMMIT = "{c.of(HEX, 40)}"', f"rev: {c.of(HEX, 40)}", f"# see {c.of(HEX, 40)}", f"uses: actions/checkout@{c.of(HEX, 40)}"))),
        "digest": ("k8s.yaml", f"image: app@sha256:{c.of(HEX, 64)}"),
        "checksum": ("build.sh", c.choice((f"SHA256={hexes}", f"echo '{hexes}  a.tgz' | sha256sum -c", f'expected_md5 = "{c.of(HEX, 32)}"', f'etag = "{c.of(HEX, 32)}"'))),
        "uuid": ("src/a.py", c.choice((f'id = "{c.uuid()}"', f"request_id: {c.uuid()}", f'TENANT = "{c.uuid()}"', f'<Project Guid="{{{c.uuid()}}}">'))),
        "image": ("web/a.css", f"background: url(data:image/png;base64,{c.of(BASE64, 400)}==)"),
        "image-html": ("web/a.html", f'<img src="data:image/gif;base64,{c.of(BASE64, 200)}=" alt="key">'),
        "minified": ("web/app.min.js", "".join(f"function {c.of('abcdefgh', 2)}(e,t){{return e.{c.of('abcdef', 3)}&&t.key==={c.randrange(99)}}}" for _ in range(12))),
        "vector": ("tests/test_aes.py", f'assert aes("{c.of(HEX, 32)}") == "{c.of(HEX, 32)}"'),
        "vector-bytes": ("src/table.c", ", ".join(f"0x{c.of(HEX, 2)}" for _ in range(16)) + ","),
        "public-key": ("authorized_keys", f"ssh-rsa AAAAB3NzaC1yc2E{c.of(BASE64, 200)} me@host"),
        "public-value": ("src/a.py", f'public_key = "{c.of(BASE64, 43)}="'),
        "publishable": ("web/a.js", f"const publishableKey = 'pk_{c.choice(('live', 'test'))}_{c.of(ALNUM, 24)}';"),
        "password-hash": ("seed.sql", f"password_hash: '$2b$12${c.of(ALNUM + './', 53)}'"),
        "colour": ("web/a.css", f"--key-accent: #{c.of(HEX, 6)}; --token-bg: #{c.of(HEX, 8)};"),
        "identifier": ("src/a.java", f"secretManager{''.join(w.title() for w in c.sample(WORDS, 5))}Factory = new {''.join(w.title() for w in c.sample(WORDS, 4))}TokenProvider();"),
        "import": ("src/a.java", f"import com.{'.'.join(c.sample(WORDS, 5))}.auth.TokenKeyProvider;"),
        "slug": ("docs/a.md", f"[keys](https://docs.internal.net/{'-'.join(c.sample(WORDS, 5))}/api-key-{c.randrange(99)})"),
        "version": ("config.toml", f'token_version = "{c.randrange(9)}.{c.randrange(20)}.{c.randrange(9)}-rc{c.randrange(9)}"'),
        "query": ("src/a.py", f'url = "https://cdn.internal.net/a.js?v={c.of(HEX, 20)}"'),
        "object-name": ("main.tf", f'secret_name = "{"-".join(c.sample(WORDS, 3))}-{c.randrange(999)}"'),
        "nonce": ("web/a.html", f'<script nonce="{c.of(ALNUM, 22)}" src="/a.js"></script>'),
        "site-key": ("web/a.html", f'<meta name="google-site-verification" content="{c.of(WORD, 43)}" />'),
        "cache-key": ("ci.yml", f"key: ${{{{ runner.os }}}}-pip-{c.of(HEX, 40)}"),
        "bucket-key": ("src/a.py", f'key = "{c.choice(WORDS)}/{c.choice(WORDS)}/2024/{c.choice(WORDS)}_{c.randrange(99)}.json"'),
        "blob": ("a.ipynb", f'    "image/png": "{c.of(BASE64, 300)}"'),
        "map": ("web/app.js.map", f'"mappings":"{"".join(c.of(ALNUM, 4) + c.choice(",;") for _ in range(40))}"'),
        "example-key": ("docs/a.md", "AKIA" "IOSFODNN7EXAMPLE and wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
    }  # fmt: skip
    family = c.choice(list(families))
    path, text = families[family]
    return Sample(family, path, (text,))


def _certificate(c: Chance) -> Sample:
    body = tuple(c.of(BASE64, 64) for _ in range(8))
    return Sample(
        "certificate", "ca.pem", ("-----BEGIN CERTIFICATE-----", *body, "-----END CERTIFICATE-----")
    )


def _installed(chance: random.Random, count: int) -> list[Sample]:
    """Real lines of the standard library and of installed packages that hold a word of the trade."""
    places = [Path(sysconfig.get_path(name)) for name in ("stdlib", "purelib")]
    files = sorted({path for place in places for path in place.glob("*/*.py") if "test" not in str(path)})
    found: list[Sample] = []
    for path in chance.sample(files, len(files)):
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        telling = [
            line
            for line in lines
            if any(word in line.lower() for word in ("password", "token", "secret", "_key", "auth"))
        ]
        found += [
            Sample("installed", f"src/{path.name}", (line,))
            for line in chance.sample(telling, min(3, len(telling)))
        ]
        if len(found) >= count:
            break
    return found[:count]


def harmless(count: int, seed: int, *, installed: int = 150) -> list[Sample]:
    """``count`` look-alikes, ``installed`` of them real lines (which depend on the machine; 0 for none)."""
    chance = Chance(seed)
    real = _installed(random.Random(seed), installed) if installed else []
    certificates = [_certificate(chance) for _ in range(5)]
    return [*real, *certificates, *(_made(chance) for _ in range(count - len(real) - len(certificates)))]
