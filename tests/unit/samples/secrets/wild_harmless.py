"""A second set of harmless look-alikes, written without looking at the detectors.

``harmless(count, seed)`` gives lines in which nothing is secret, however much they look like it.
"""

from collections.abc import Callable

from unit.samples.secrets.sample import ALNUM, HEX, LOW, Chance, Sample
from unit.samples.secrets.sample import BASE64 as B64

NAMES = [
    "password",
    "api_key",
    "secret",
    "auth_token",
    "client_secret",
    "db_password",
    "private_key",
    "access_token",
]
FIXED: list[tuple[str, str]] = [  # a path and a line; every one is taken as it is
    ("a.py", "password: str"),
    ("a.py", "def login(user: str, password: str) -> Token:"),
    ("a.py", "password: str | None = None"),
    ("a.py", "api_key: Optional[SecretStr] = Field(default=None)"),
    ("a.py", "password = getpass.getpass('Password: ')"),
    ("a.py", "password = input('Enter your password: ')"),
    ("a.py", "token = self.tokenizer.next_token()"),
    ("a.py", "token = tokens[index + 1]"),
    ("a.py", "api_key = os.environ['OPENAI_API_KEY']"),
    ("a.py", "api_key = os.getenv('OPENAI_API_KEY')"),
    ("a.py", "api_key = os.getenv('OPENAI_API_KEY', '')"),
    ("a.py", "secret = os.environ.get('SECRET_NAME', None)"),
    ("a.py", "SECRET_KEY = env('DJANGO_SECRET_KEY')"),
    ("a.py", "password = settings.DATABASES['default']['PASSWORD']"),
    ("a.py", "if token == 'Bearer':"),
    ("a.py", "token_type = 'access_token'"),
    ("a.py", "grant_type = 'client_credentials'"),
    ("a.py", "password_field = 'password_confirmation'"),
    ("a.py", "SECRET_NAME = 'prod/database/credentials'"),
    ("a.py", "TOKEN_URL = 'https://auth.example.org/oauth/token'"),
    ("a.py", "PASSWORD_RESET_TEMPLATE = 'registration/password_reset_form.html'"),
    ("a.py", "AUTH_PASSWORD_VALIDATORS = 'django.contrib.auth.password_validation.MinimumLengthValidator'"),
    ("a.py", "PASSWORD_HASHER = 'django.contrib.auth.hashers.Argon2PasswordHasher'"),
    ("a.py", "csrf_token_field = 'csrfmiddlewaretoken'"),
    ("a.py", "raise ValueError('password must contain 8 characters')"),
    ("a.py", "parser.add_argument('--password', help='the password of the database user')"),
    ("a.py", "parser.add_argument('--token-file', default='/run/secrets/token')"),
    ("a.py", "logger.info('token expired for user %s', user)"),
    ("a.py", "password = '*' * 8"),
    ("a.py", "password = '********'"),
    ("a.py", "password = 'xxxxxxxxxxxx'"),
    ("a.py", "password = ''"),
    ("a.py", "password = f'{prefix}{suffix}'"),
    ("a.py", "secret = '{}'.format(value)"),
    ("a.py", "token = '%s:%s' % (user, stamp)"),
    ("a.py", "key = 'user_id'"),
    ("a.py", "for key, value in secrets.items():"),
    ("a.py", "primary_key = 'customer_id'"),
    ("a.py", "foreign_key = ForeignKey('accounts.id')"),
    ("a.py", "sort_key = operator.itemgetter('created_at')"),
    ("a.py", "cache_key = f'user:{user.id}:profile'"),
    ("a.py", "cache_key = 'homepage-articles-v2'"),
    ("a.py", "keyboard_shortcut = 'ctrl+shift+alt+p'"),
    ("a.py", "secrets.compare_digest(token, expected_token)"),
    ("a.py", "import secrets; token = secrets.token_urlsafe(32)"),
    ("a.py", "assert response.json()['token'] == token"),
    ("a.py", "pwd = os.getcwd()"),
    ("a.py", "passed = 'yes'; passthrough = 'enabled'"),
    ("a.py", "compass = 'north-northwest'"),
    ("a.py", "author = 'Jane Doe <jane@example.org>'"),
    ("a.py", "authority = 'https://login.microsoftonline.com/common'"),
    ("a.py", "tokenizer = 'bert-base-uncased'"),
    ("a.py", "pad_token = '<|endoftext|>'; unk_token = '[UNK]'"),
    ("a.py", "max_tokens = 4096; secret_length = 32"),
    ("a.py", "class PasswordResetTokenGenerator(Base):"),
    ("a.py", "ERROR_INVALID_PASSWORD = 'auth/wrong-password'"),
    ("a.py", "TokenType.SECRET = 'secret'"),
    ("a.py", "help_text = 'Your password cannot be too similar to your other personal information.'"),
    ("a.js", "const password = req.body.password;"),
    ("a.js", "const token = jwt.sign(payload, process.env.JWT_SECRET);"),
    ("a.js", "const { password, ...rest } = user;"),
    ("a.js", "const key = process.env.API_KEY || '';"),
    ("a.js", "const token = localStorage.getItem('access_token');"),
    ("a.js", "password: { type: String, required: true, minlength: 8 },"),
    ("a.js", "  password: Joi.string().min(8).required(),"),
    ("a.ts", "  password: string;"),
    ("a.ts", "  apiKey?: string | undefined;"),
    ("a.ts", "  token: Observable<string> = this.store.select(selectToken);"),
    ("a.ts", "enum Field { Password = 'password', Token = 'token', ApiKey = 'apiKey' }"),
    ("a.ts", "  resetPassword: 'auth.reset-password.title',"),
    (
        "a.ts",
        '<input type="password" name="password" placeholder="Enter your password" autocomplete="current-password" />',
    ),
    ("a.tsx", "<label htmlFor='password'>{t('login.password')}</label>"),
    ("a.tsx", "<PasswordInput value={password} onChange={setPassword} />"),
    ("a.go", 'Password string `json:"password" validate:"required,min=8"`'),
    ("a.go", 'token := r.Header.Get("X-Auth-Token")'),
    ("a.go", 'password := os.Getenv("DB_PASSWORD")'),
    ("a.go", 'const SecretKind = "kubernetes.io/service-account-token"'),
    ("a.go", 'errors.New("invalid password for user")'),
    ("a.java", "private String password;"),
    ("a.java", 'String token = request.getHeader("Authorization");'),
    ("a.java", '@Value("${app.jwt.secret}") private String secret;'),
    ("a.java", "public void setPassword(String password) { this.password = password; }"),
    ("a.java", 'config.setPassword(System.getenv("DB_PASSWORD"));'),
    ("a.cs", "public string Password { get; set; } = string.Empty;"),
    ("a.rb", "validates :password, presence: true, length: { minimum: 8 }"),
    ("a.rb", "password = ENV.fetch('DB_PASSWORD')"),
    ("a.rb", "has_secure_password :recovery_password, validations: false"),
    ("a.php", "$password = $_POST['password'];"),
    ("a.php", "'password' => env('DB_PASSWORD', ''),"),
    ("a.php", "'password' => 'required|string|min:8|confirmed',"),
    ("a.sh", 'PASSWORD="$(cat /run/secrets/db_password)"'),
    ("a.sh", "export API_KEY=$API_KEY"),
    ("a.sh", 'read -s -p "Password: " PASSWORD'),
    ("a.sh", 'TOKEN="${TOKEN:?set TOKEN first}"'),
    ("a.sh", 'mysql -u root -p"$MYSQL_ROOT_PASSWORD" app'),
    ("a.sh", 'curl -u "$USER:$PASS" https://example.org'),
    ("a.sh", 'curl -H "Authorization: Bearer $TOKEN" https://example.org'),
    ("a.sh", "openssl rand -base64 32 > secret.txt"),
    ("a.sh", "docker run -e DB_PASSWORD app"),
    ("Dockerfile", "ARG NPM_TOKEN"),
    ("a.yaml", "password: ${DB_PASSWORD}"),
    ("a.yaml", "password: {{ .Values.db.password }}"),
    ("a.yaml", "password: '{{ vault_db_password }}'"),
    ("a.yaml", "password: !vault |"),
    ("a.yaml", "password: ENC[AES256_GCM,data:CwE4O1s=,iv:2k=,tag:o1s=,type:str]"),
    ("a.yaml", "token: ${{ secrets.GITHUB_TOKEN }}"),
    ("a.yaml", "secretName: my-app-tls-certificate"),
    ("a.yaml", "  secretKeyRef:"),
    ("a.yaml", "existingSecret: postgres-credentials"),
    ("a.yaml", "token-permissions: write-all"),
    ("a.yaml", "password: changeme"),
    ("a.yaml", "api_key: <your-api-key>"),
    ("a.yaml", "api_key: YOUR_API_KEY_HERE"),
    ("a.yaml", "secret: replace-me"),
    ("a.yaml", "password: null"),
    ("a.yaml", "forgot_password: Forgot your password?"),
    ("a.yaml", "  passwordAuthentication: false"),
    ("a.json", '"forgotPassword": "Forgot password?",'),
    ("a.json", '"password_too_short": "The password is too short",'),
    ("a.json", '"token": "tokenize"'),
    ("a.json", '"password": {"type": "string", "format": "password"},'),
    ("a.json", '"tokenSeparator": ", ",'),
    ("fr.json", '"password": "Mot de passe",'),
    ("de.json", '"password": "Passwort", "api_key": "API-Schlüssel",'),
    ("es.json", '"new_password": "Nueva contraseña",'),
    ("a.tf", "password = var.db_password"),
    ("a.tf", "password = random_password.db.result"),
    ("a.tf", 'token = data.vault_generic_secret.x.data["token"]'),
    ("a.tf", "secret_id = aws_secretsmanager_secret.db.id"),
    ("a.properties", "spring.datasource.password=${DB_PASSWORD:}"),
    ("a.properties", "label.password=Password"),
    ("a.sql", "ALTER TABLE users ADD COLUMN password_hash varchar(255) NOT NULL;"),
    ("a.sql", "SELECT id, password FROM users WHERE token = $1"),
    ("a.xml", "<password>${env.DB_PASSWORD}</password>"),
    ("a.xml", '<string name="enter_password">Enter password</string>'),
    ("a.md", "Set `API_KEY` to your key, for example `API_KEY=<key>`."),
    ("a.md", "The password is stored as a salted hash."),
    ("a.md", "| Password | The password of the user |"),
    ("a.md", "**Password:** required, at least eight characters"),
    ("a.md", "Pass the token: it is read from the environment."),
    ("a.md", "postgres://user:password@localhost:5432/app"),
    ("a.md", "https://<user>:<token>@example.org/repo.git"),
    (".env.example", "DB_PASSWORD="),
    (".env.example", "API_KEY=your_api_key_here"),
    (".env.example", "SECRET_KEY=changeme"),
    (".env.example", "STRIPE_KEY=sk_test_..."),
    ("a.c", "#define TOKEN_STRING_LITERAL 42"),
    ("a.c", 'static const char *password_prompt = "Password for %s: ";'),
    ("a.rs", "let token = self.lexer.next().unwrap_or(Token::Eof);"),
    ("a.rs", 'let key: String = env::var("API_KEY").expect("API_KEY must be set");'),
    ("a.kt", "val password = binding.passwordEditText.text.toString()"),
    ("a.swift", "let token = try await session.accessToken()"),
    ("a.css", ".password-input::placeholder { color: #a1b2c3d4; }"),
    ("a.html", '<meta name="csrf-token" content="<%= csrf_token %>">'),
    (
        "a.html",
        '<script integrity="sha384-oqVuAfXRKap7fdgcCY5uykM6+R9GqQ8K/uxy9rx7HNQlGYl1kPzQho1wx4JwY8wC"></script>',
    ),
    (
        "a.py",
        "PUBLIC_KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGdqd0N6S2RtYWZ1cXdqZHNmanNkZmtqc2Rm me@host'",
    ),
    ("a.py", "RECAPTCHA_SITE_FIELD = 'g-recaptcha-response'"),
    ("a.py", "key_path = '/etc/ssl/private/server.key'"),
    ("a.py", "secret_file = 'config/credentials.yml.enc'"),
    ("a.py", "token_pattern = r'[A-Za-z0-9_-]{20,}'"),
    ("a.py", "PASSWORD_RE = re.compile(r'^(?=.*[A-Z])(?=.*\\d).{8,}$')"),
    ("a.py", "session_key = 'django_session_key'"),
    ("a.py", "secret_scopes = 'read:org write:packages'"),
    ("a.py", "auth = ('username', 'password')"),
    ("a.py", "auth = (self.user, self.password)"),
    ("a.py", "requests.get(url, auth=HTTPBasicAuth(user, password))"),
    ("a.py", "x = config['secret_manager_project'] = 'my-project-123456'"),
    ("a.py", "token_endpoint_auth_method = 'client_secret_post'"),
    ("a.py", "password_hashers = 'pbkdf2_sha256'"),
    ("a.py", "api_key_header = APIKeyHeader(name='X-API-Key')"),
    ("a.py", "API_KEY_HEADER = 'X-API-Key'"),
    ("a.py", "AUTH_COOKIE = 'sessionid'"),
    ("a.py", "os.environ.get('PASSWORD_STORE_DIR', '~/.password-store')"),
    ("a.py", "os.getenv('AUTH_BACKEND', 'ldap-primary-01')"),
    ("a.py", "os.getenv('TOKEN_TTL', '3600s')"),
    ("a.py", "os.getenv('SECRET_PATH', 'kv/data/app1')"),
    ("a.sh", 'PASSWORD_FILE="${PASSWORD_FILE:-/run/secrets/db1}"'),
    ("a.sh", 'KEY_TYPE="${KEY_TYPE:-ed25519}"'),
    ("a.js", "const tokenKind = process.env.TOKEN_KIND || 'bearer-v2';"),
    ("a.js", "const primaryKey = isNew ? 'uuid4' : 'serial8';"),
    ("a.js", "const passwordLabel = ok ? 'Password saved' : 'Password not saved';"),
    ("k8s.yaml", "kind: ConfigMap"),
    ("a.sh", "git commit -p && mkdir -p build/x86_64 && cp -a src2 dst2"),
    ("a.sh", "ssh -p 2222 deploy@host; useradd -m -s /bin/bash app1"),
    ("a.sh", 'echo "done: 100%" | tee log1.txt'),
    ("a.go", 'conn := fmt.Sprintf("host=%s password=%s", host, password)'),
    ("a.go", '\tsql.Open("mysql", fmt.Sprintf("%s:%s@tcp(%s)/%s", u, p, h, d))'),
]


def _integrity(c: Chance) -> Sample:
    return Sample("integrity", "package-lock.json", (f'"integrity": "sha512-{c.bytes64(64)}",',))


def _yarn(c: Chance) -> Sample:
    return Sample(
        "yarn", "yarn.lock", (f'  resolved "https://registry.example.org/a/-/a-1.0.tgz#{c.of(HEX, 40)}"',)
    )


def _cargo(c: Chance) -> Sample:
    return Sample("cargo", "Cargo.lock", (f'checksum = "{c.of(HEX, 64)}"',))


def _poetry(c: Chance) -> Sample:
    return Sample("poetry", "poetry.lock", (f'    {{file = "a.whl", hash = "sha256:{c.of(HEX, 64)}"}},',))


def _gosum(c: Chance) -> Sample:
    return Sample("go.sum", "go.sum", (f"golang.org/x/net v0.1.0 h1:{c.bytes64(32)}",))


def _sha(c: Chance) -> Sample:
    forms = [
        ("a.yml", "uses: actions/checkout@{}"),
        ("a.txt", "commit {}"),
        ("a.py", "REVISION = '{}'"),
        ("a.md", "Fixed in {}."),
        ("a.json", '"gitHead": "{}"'),
        (".gitmodules", "# at {}"),
        ("a.py", "# see commit {} for the token parser"),
    ]
    path, form = c.choice(forms)
    return Sample("git-sha", path, (form.format(c.of(HEX, 40)),))


def _uuid(c: Chance) -> Sample:
    forms = [
        ("a.py", 'ID = "{}"'),
        ("a.yaml", "tenant_id: {}"),
        ("a.json", '"clientId": "{}"'),
        ("a.cs", '[Guid("{}")]'),
        ("a.tf", 'subscription_id = "{}"'),
        ("a.sln", "Project({{{}}})"),
        ("a.json", '"idempotencyKey": "{}"'),
    ]
    path, form = c.choice(forms)
    return Sample("uuid", path, (form.format(c.uuid()),))


def _digest(c: Chance) -> Sample:
    forms = [
        ("a.py", "SHA256 = '{}'"),
        ("Dockerfile", "FROM python:3.12@sha256:{}"),
        ("checksums.txt", "{}  a.tar.gz"),
        ("test_hash.py", "assert digest(b'abc') == '{}'"),
        ("formula.rb", '  sha256 "{}"'),
        ("a.bzl", '    sha256 = "{}",'),
        ("a.json", '"contentHash": "{}"'),
    ]
    path, form = c.choice(forms)
    return Sample("digest", path, (form.format(c.of(HEX, 64)),))


def _image(c: Chance) -> Sample:
    forms = [
        ("a.css", "background: url(data:image/png;base64,{});"),
        ("a.html", '<img src="data:image/svg+xml;base64,{}">'),
        ("a.ts", "const ICON = 'data:image/gif;base64,{}';"),
    ]
    path, form = c.choice(forms)
    return Sample("image", path, (form.format("iVBORw0KGgoAAAANSUhEUgAA" + c.bytes64(200)),))


def _minified(c: Chance) -> Sample:
    parts = [
        f'function {c.choice("abcdef")}(e,t){{var n=e[{c.randrange(99)}],r=t.{c.of(LOW, 2)};return n?r:{c.of(LOW, 1)}(e,"{c.of(LOW, 6)}")}}'
        for _ in range(20)
    ]
    return Sample("minified", "dist/a.min.js", ("!" + "".join(parts),))


def _certificate(c: Chance) -> Sample:
    kind = c.choice(
        ["CERTIFICATE", "PUBLIC KEY", "CERTIFICATE REQUEST", "PGP PUBLIC KEY BLOCK", "DH PARAMETERS"]
    )
    body = [c.of(B64, 64) for _ in range(8)]
    begin = ("-----" + f"BEGIN {kind}-----", *body, f"-----END {kind}-----")
    return Sample("certificate", "tls/ca.crt", c.choice([begin, begin[3:], begin[:-3]]))


def _ssh_public(c: Chance) -> Sample:
    return Sample("ssh-public", "authorized_keys", (f"ssh-rsa AAAAB3NzaC1yc2E{c.of(B64, 350)} me@host",))


def _vector(c: Chance) -> Sample:
    forms = [
        ("tests/test_aes.py", "    plaintext = bytes.fromhex('{}')"),
        ("tests/vectors.json", '"ciphertext": "{}",'),
        ("tests/test_sha.c", 'static const char expected[] = "{}";'),
        ("tests/test_md.go", '\t{{"abc", "{}"}},'),
    ]
    path, form = c.choice(forms)
    return Sample("vector", path, (form.format(c.of(HEX, 64)),))


def _source_map(c: Chance) -> Sample:
    return Sample(
        "source-map",
        "a.js.map",
        ('{"version":3,"mappings":"' + ";".join("AA" + c.of(ALNUM, 4) for _ in range(40)) + '"}',),
    )


def _notebook(c: Chance) -> Sample:
    return Sample("notebook", "a.ipynb", (f'     "image/png": "iVBORw0KGgo{c.bytes64(150)}\\n",',))


def _call(c: Chance) -> Sample:
    name = c.choice(NAMES)
    forms = [
        "{n} = get_{n}()",
        "{n} = self.{n}",
        "{n} = config.{n}",
        '{n} = request.form["{n}"]',
        "{n}={n},",
        "{n} = kwargs.pop('{n}')",
        "{n} = vault.read('kv/app/{n}')",
        "self._{n} = {n} or None",
        "{n} = decrypt(row.{n})",
        "{n}: SecretStr = Field(min_length=8)",
    ]
    return Sample("call", "a.py", (c.choice(forms).format(n=name),))


def _placeholder(c: Chance) -> Sample:
    name = c.choice(NAMES)
    value = c.choice(
        [
            "changeme",
            "change-me",
            "CHANGE_ME",
            "your-key",
            "your_password",
            "<password>",
            "<your-key>",
            "xxxx",
            "XXXXXXXX",
            "********",
            "TODO",
            "none",
            "example",
            "placeholder",
            "dummy",
            "REPLACE_ME",
            "${SECRET}",
            "{{ secret }}",
            "%(secret)s",
            "$SECRET",
            "insert-key-here",
            "your-secret-here",
            "[REDACTED]",
            "...",
            "***",
            "password",
            "secret",
            "test",
            "redacted",
            "<redacted>",
            "fill-me-in",
            "not-a-real-key",
        ]
    )
    path, form = c.choice(
        [
            ("a.py", '{n} = "{v}"'),
            ("a.yaml", '{n}: "{v}"'),
            ("a.json", '"{n}": "{v}"'),
            (".env", "{n}={v}"),
            ("a.js", "const {n} = '{v}';"),
            ("a.toml", '{n} = "{v}"'),
        ]
    )
    return Sample("placeholder", path, (form.format(n=name, v=value),))


def _fixed(c: Chance) -> Sample:
    path, line = c.choice(FIXED)
    return Sample("fixed", path, (line,))


FAMILIES: list[Callable[[Chance], Sample]] = [
    _integrity,
    _yarn,
    _cargo,
    _poetry,
    _gosum,
    _sha,
    _uuid,
    _digest,
    _image,
    _minified,
    _certificate,
    _ssh_public,
    _vector,
    _source_map,
    _notebook,
    _call,
    _placeholder,
]


def harmless(count: int, seed: int) -> list[Sample]:
    """All the fixed lines, then the families in turn, up to ``count``."""
    chance = Chance(seed)
    fixed = [Sample("fixed", path, (line,)) for path, line in FIXED]
    return [*fixed, *(FAMILIES[number % len(FAMILIES)](chance) for number in range(count - len(fixed)))][
        :count
    ]
