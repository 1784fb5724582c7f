"""A second set of invented secrets, written without looking at the detectors: vendors' formats times places.

``samples(count, seed)`` gives secrets with the file they stand in: tokens of known shapes anywhere (in code,
comments, headers, logs), and values that only their place gives away. Nothing is live; prefixes are joined at
run time so that no scanner takes this file for a leak.
"""

import base64
import json
from collections.abc import Callable

from unit.samples.secrets.sample import ALNUM, HEX, LOW, UP, WORD, Chance, Sample
from unit.samples.secrets.sample import BASE64 as B64
from unit.samples.secrets.sample import DIGITS as DIG

USERS = ["alice", "deploy", "svcuser", "bobby", "carol", "dbowner"]
NOUNS = [
    "otter",
    "glacier",
    "walnut",
    "saffron",
    "ember",
    "quartz",
    "willow",
    "badger",
    "tundra",
    "pepper",
    "anchor",
    "violet",
]


# ------------------------------------------------------------------ tokens known by their shape


def _b64(text: str | bytes) -> str:
    raw = text.encode() if isinstance(text, str) else text
    return base64.b64encode(raw).decode()


def _url64(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value, separators=(",", ":")).encode()).decode().rstrip("=")


def _jwt(c: Chance) -> str:
    return c.jwt(sub=c.of(DIG, 10), name=c.choice(NOUNS), iat=1516239022)


def _discord(c: Chance) -> str:
    return f"{_b64(c.of('123456789', 18))[:24]}.{c.of(WORD, 6)}.{c.of(WORD, 27)}"


TOKENS: dict[str, Callable[[Chance], str]] = {
    "aws-key-id": lambda c: c.choice(["AK", "AS"]) + "IA" + c.of(UP + "234567", 16),
    "github-classic": lambda c: "gh" + c.choice("pousr") + "_" + c.of(ALNUM, 36),
    "github-fine": lambda c: "github" + "_pat_" + c.of(ALNUM, 22) + "_" + c.of(ALNUM, 59),
    "gitlab": lambda c: "gl" + "pat-" + c.of(WORD, 20),
    "gitlab-runner": lambda c: "gl" + c.choice(["rt", "dt", "cbt", "ptt"]) + "-" + c.of(WORD, 20),
    "slack-bot": lambda c: "xo" + f"x{c.choice('bp')}-{c.of(DIG, 12)}-{c.of(DIG, 12)}-{c.of(ALNUM, 24)}",
    "slack-app": lambda c: "xa" + f"pp-1-A{c.of(UP + DIG, 10)}-{c.of(DIG, 13)}-{c.of(HEX, 64)}",
    "slack-webhook": lambda c: (
        "https://hooks." + f"slack.com/services/T{c.of(UP + DIG, 8)}/B{c.of(UP + DIG, 10)}/{c.of(ALNUM, 24)}"
    ),
    "stripe": lambda c: (
        c.choice(["sk", "rk"]) + c.choice(["_live_", "_test_"]) + c.of(ALNUM, c.choice([24, 99]))
    ),
    "stripe-webhook": lambda c: "wh" + "sec_" + c.of(ALNUM, 32),
    "google-api": lambda c: "AI" + "za" + c.of(WORD, 35),
    "google-oauth": lambda c: "GO" + "CSPX-" + c.of(WORD, 28),
    "google-refresh": lambda c: "1/" + "/0" + c.of(WORD, 61),
    "google-access": lambda c: "ya" + "29." + c.of(WORD, 120),
    "npm": lambda c: "np" + "m_" + c.of(ALNUM, 36),
    "pypi": lambda c: "pypi-" + "AgEIcHlwaS5vcmc" + c.of(WORD, 150),
    "sendgrid": lambda c: "S" + f"G.{c.of(WORD, 22)}.{c.of(WORD, 43)}",
    "mailgun": lambda c: "ke" + "y-" + c.of(HEX, 32),
    "mailchimp": lambda c: c.of(HEX, 32) + "-us" + str(c.randrange(1, 21)),
    "twilio": lambda c: "S" + "K" + c.of(HEX, 32),
    "telegram": lambda c: c.of("123456789", 10) + ":" + "AA" + c.of(WORD, 33),
    "discord": _discord,
    "openai": lambda c: "s" + "k-" + c.of(ALNUM, 20) + "T3Blbk" + "FJ" + c.of(ALNUM, 20),
    "openai-project": lambda c: "s" + "k-proj-" + c.of(WORD, 74) + "T3Blbk" + "FJ" + c.of(WORD, 74),
    "anthropic": lambda c: "s" + "k-ant-api03-" + c.of(WORD, 93) + "AA",
    "hugging-face": lambda c: "h" + "f_" + c.of(ALNUM, 34),
    "databricks": lambda c: "da" + "pi" + c.of(HEX, 32),
    "digitalocean": lambda c: "do" + c.choice("opr") + "_v1_" + c.of(HEX, 64),
    "shopify": lambda c: "sh" + c.choice(["pat", "pss", "pca"]) + "_" + c.of(HEX, 32),
    "square": lambda c: "sq" + "0csp-" + c.of(WORD, 43),
    "linear": lambda c: "lin" + "_api_" + c.of(ALNUM, 40),
    "postman": lambda c: "PM" + f"AK-{c.of(HEX, 24)}-{c.of(HEX, 34)}",
    "new-relic": lambda c: "NR" + "AK-" + c.of(UP + DIG, 27),
    "grafana": lambda c: "gl" + f"sa_{c.of(ALNUM, 32)}_{c.of(HEX, 8)}",
    "vault": lambda c: "hv" + "s." + c.of(WORD, 95),
    "doppler": lambda c: "dp" + ".pt." + c.of(ALNUM, 43),
    "docker-hub": lambda c: "dc" + "kr_pat_" + c.of(WORD, 27),
    "age-key": lambda c: "AGE" + "-SECRET-KEY-1" + c.of("QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L", 58),
    "atlassian": lambda c: "AT" + "ATT3xFfGF0" + c.of(WORD, 170) + "=" + c.of(HEX.upper(), 8),
    "dropbox": lambda c: "s" + "l." + c.of(WORD, 135),
    "azure-ad": lambda c: c.of(ALNUM, 3) + "8Q~" + c.of(ALNUM + "_.~-", 34),
    "jwt": _jwt,
}
PLACES: list[tuple[str, str]] = [
    ("app/client.py", "client = Client({v!r})"),
    ("app/client.py", "    # old one: {v}"),
    ("src/api.ts", "const res = await call(`{v}`, {{ retries: 3 }});"),
    ("src/api.js", "  headers: {{ Authorization: 'Bearer {v}' }},"),
    ("cmd/main.go", '\treq.Header.Set("X-Auth", "{v}")'),
    ("src/Main.java", '    String s = "{v}"; // TODO rotate'),
    ("Api.cs", '  var c = new ApiClient("{v}");'),
    ("run.sh", "curl -H 'Authorization: token {v}' https://api.example.org/v1/me"),
    ("run.sh", "./deploy --with {v} --to prod"),
    ("README.md", "Use `{v}` for the demo account."),
    ("log.txt", "2026-01-02 10:11:12 INFO sent {v} to peer"),
    ("conf.yaml", "  - {v}"),
    ("k.json", '  "value": "{v}",'),
    ("main.tf", '  default = "{v}"'),
    ("a.sql", "INSERT INTO cfg VALUES (3, '{v}');"),
    ("Dockerfile", "RUN setup --with={v}"),
    ("page.html", '<div data-x="{v}"></div>'),
    ("lib.rb", "  Api.new('{v}')"),
    ("a.php", "$api = new Api('{v}');"),
]


def _token(c: Chance, kind: str) -> Sample:
    value = TOKENS[kind](c)
    if kind in {
        "mailchimp",
        "azure-ad",
        "twilio",
        "mailgun",
        "databricks",
    }:  # shapes too plain to stand alone
        name = {"azure-ad": "client_secret", "mailchimp": "MAILCHIMP_API_KEY"}.get(kind, f"{kind}_api_key")
        path, line = c.choice(
            [("a.py", f'{name} = "{value}"'), (".env", f"{name}={value}"), ("c.yml", f"{name}: {value}")]
        )
        return Sample(kind, path, (line,), (value,))
    if kind == "dropbox":
        return Sample(kind, "a.py", (f'dbx = Dropbox("{value}")',), (value,))
    path, form = c.choice(PLACES)
    shown = value.split("services/", 1)[1] if kind == "slack-webhook" else value
    return Sample(kind, path, (form.format(v=value),), (shown,))


# ------------------------------------------------------------------ values known by their place


def _strong(c: Chance) -> str:
    return c.of(ALNUM, c.randrange(12, 30)) + c.choice(DIG)


def _marked(c: Chance) -> str:
    body = [c.choice(UP), c.choice(LOW), c.choice(DIG), c.choice("!#%^*?~+"), *c.of(ALNUM + "!#%^*_-", 8)]
    c.shuffle(body)
    return c.choice(ALNUM) + "".join(body) + c.choice(ALNUM)


def _human(c: Chance) -> str:
    a, b = c.choice(NOUNS), c.choice(NOUNS)
    return c.choice(
        [
            f"{a.capitalize()}{b.capitalize()}{c.randrange(10, 9999)}",
            f"{a}-{b}-{c.randrange(10, 99)}",
            f"{a.capitalize()}!{c.randrange(100, 9999)}",
            f"{a}{c.randrange(1000, 99999)}",
            f"{a}_{b}#{c.randrange(10, 99)}",
        ]
    )


def _any(c: Chance) -> str:
    return c.choice([_strong, _marked, _human])(c)


def _plain(c: Chance) -> str:
    return c.choice([_strong, _human])(c).replace("#", "7")


NAMES = [
    "password",
    "passwd",
    "db_password",
    "admin_password",
    "secret",
    "secret_key",
    "api_key",
    "apikey",
    "auth_token",
    "access_token",
    "client_secret",
    "private_token",
    "smtp_password",
    "ftp_pass",
    "redis_password",
    "jwt_secret",
    "signing_key",
    "encryption_key",
    "webhook_secret",
]
PASS = [
    "password",
    "passwd",
    "db_password",
    "admin_password",
    "smtp_password",
    "root_password",
    "user_pwd",
    "mysql_pwd",
]


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(map(str.capitalize, rest))


# each: (path, lines with {n} snake, {c} camel, {U} upper, {v} value, {w} any noun)
QUOTED: dict[str, tuple[str, ...]] = {
    "python": ("a/settings.py", '{U} = "{v}"'),
    "python-single": ("a/settings.py", "    self.{n} = '{v}'"),
    "python-typed": ("a/settings.py", '{n}: str = "{v}"'),
    "python-final": ("a/settings.py", '{U}: Final[str] = "{v}"'),
    "python-kwarg": ("a/db.py", '    conn = connect(host="db", user="{w}", {n}="{v}", timeout=3)'),
    "python-getenv": ("a/db.py", '{U} = os.getenv("{U}", "{v}")'),
    "python-environ": ("a/db.py", "{U} = os.environ.get('{U}', '{v}')"),
    "python-env-alone": ("a/db.py", 'conn.login(os.environ.get("{U}", default="{v}"))'),
    "python-env-or": ("a/db.py", '{n} = os.environ.get("{U}") or "{v}"'),
    "python-dict": ("a/db.py", '    "{n}": "{v}",'),
    "python-item": ("a/db.py", "app.config['{U}'] = '{v}'"),
    "python-default": ("a/db.py", 'def connect(user, {n}="{v}"):'),
    "python-bytes": ("a/db.py", '{n} = b"{v}"'),
    "python-setdefault": ("a/db.py", 'os.environ.setdefault("{U}", "{v}")'),
    "python-environ-set": ("a/db.py", 'os.environ["{U}"] = "{v}"'),
    "python-argparse": ("a/cli.py", 'parser.add_argument("--{n}", default="{v}")'),
    "python-compare": ("a/web.py", '    if {n} == "{v}":'),
    "python-raw": ("a/db.py", '{n} = r"{v}"'),
    "python-tuple": ("a/web.py", 'r = requests.get(url, auth=("{w}", "{v}"))'),
    "python-paren": ("a/db.py", '{n} = ("{v}")'),
    "python-decouple": ("a/db.py", '{U} = config("{U}", default="{v}")'),
    "js-const": ("web/a.js", "const {c} = '{v}';"),
    "js-let": ("web/a.js", 'let {c} = "{v}";'),
    "js-object": ("web/a.ts", "  {c}: '{v}',"),
    "js-env-or": ("web/a.ts", "const {c} = process.env.{U} || '{v}';"),
    "js-env-coalesce": ("web/a.ts", 'const {c} = process.env.{U} ?? "{v}";'),
    "js-env-object": ("web/a.ts", "  {c}: process.env['{U}'] || '{v}',"),
    "js-template": ("web/a.ts", "const {c} = `{v}`;"),
    "js-ts-typed": ("web/a.ts", '  private readonly {c}: string = "{v}";'),
    "js-module": ("web/a.js", "module.exports.{c} = '{v}'"),
    "js-import-env": ("web/a.ts", 'const key = import.meta.env.VITE_{U} ?? "{v}"'),
    "js-ternary": ("web/a.ts", 'const {c} = isProd ? load() : "{v}";'),
    "js-set": ("web/a.ts", 'localStorage.setItem("{c}", "{v}");'),
    "go-short": ("b/main.go", '\t{c} := "{v}"'),
    "go-const": ("b/main.go", '\tconst {c} string = "{v}"'),
    "go-field": ("b/main.go", '\t\t{C}: "{v}",'),
    "go-raw": ("b/main.go", "\t{c} := `{v}`"),
    "go-setenv": ("b/main.go", '\tos.Setenv("{U}", "{v}")'),
    "go-bytes": ("b/main.go", '\tvar {c} = []byte("{v}")'),
    "go-getenv": ("b/main.go", '\t{c} := getEnv("{U}", "{v}")'),
    "go-viper": ("b/main.go", '\tviper.SetDefault("db.{n}", "{v}")'),
    "java-field": ("src/A.java", '    private static final String {U} = "{v}";'),
    "java-setter": ("src/A.java", '        config.set{C}("{v}");'),
    "java-property": ("src/A.java", '        props.setProperty("{n}", "{v}");'),
    "java-put": ("src/A.java", '        map.put("{n}", "{v}");'),
    "java-value": ("src/A.java", '    @Value("${{app.{n}:{v}}}")'),
    "java-env": ("src/A.java", '  var x = System.getenv().getOrDefault("{U}", "{v}");'),
    "java-chars": ("src/A.java", '  char[] {c} = "{v}".toCharArray();'),
    "kotlin": ("src/A.kt", 'val {c} = System.getenv("{U}") ?: "{v}"'),
    "cs-field": ("A.cs", '    private const string {C} = "{v}";'),
    "cs-verbatim": ("A.cs", '    var {c} = @"{v}";'),
    "cs-config": ("A.cs", '    config["{C}"] = "{v}";'),
    "cs-env": ("A.cs", '    var {c} = Environment.GetEnvironmentVariable("{U}") ?? "{v}";'),
    "cs-init": ("A.cs", '    new Options {{ Host = "x", {C} = "{v}" }};'),
    "ruby": ("a.rb", "  {n} = '{v}'"),
    "ruby-hash": ("a.rb", "  :{n} => '{v}',"),
    "ruby-symbol": ("a.rb", '  {n}: "{v}",'),
    "ruby-fetch": ("a.rb", "  {n} = ENV.fetch('{U}', '{v}')"),
    "ruby-fetch-block": ("a.rb", '  {n} = ENV.fetch("{U}") {{ "{v}" }}'),
    "ruby-or": ("a.rb", "  {n} = ENV['{U}'] || '{v}'"),
    "php-var": ("a.php", "${n} = '{v}';"),
    "php-define": ("a.php", "define('{U}', '{v}');"),
    "php-array": ("a.php", "    '{n}' => '{v}',"),
    "php-env": ("a.php", "    '{n}' => env('{U}', '{v}'),"),
    "php-const": ("a.php", "    const {U} = '{v}';"),
    "php-coalesce": ("a.php", "$x = $_ENV['{U}'] ?? '{v}';"),
    "rust": ("a.rs", 'const {U}: &str = "{v}";'),
    "rust-env": ("a.rs", 'let {n} = env::var("{U}").unwrap_or("{v}".to_string());'),
    "rust-env-else": ("a.rs", 'let k = env::var("{U}").unwrap_or_else(|_| "{v}".into());'),
    "swift": ("a.swift", 'let {c}: String = "{v}"'),
    "c-define": ("a.h", '#define {U} "{v}"'),
    "c-char": ("a.c", 'static const char *{n} = "{v}";'),
    "c-array": ("a.c", 'char {n}[] = "{v}";'),
    "perl": ("a.pl", "my ${n} = '{v}';"),
    "lua": ("a.lua", 'local {n} = "{v}"'),
    "elixir": ("a.exs", '  {n}: System.get_env("{U}", "{v}"),'),
    "scala": ("a.scala", '  val {c} = sys.env.getOrElse("{U}", "{v}")'),
    "groovy": ("build.gradle", "        {n} '{v}'"),
    "gradle-call": ("build.gradle", '        {n} = project.findProperty("x") ?: "{v}"'),
    "powershell": ("a.ps1", '${C} = "{v}"'),
    "powershell-secure": ("a.ps1", "$s = ConvertTo-SecureString '{v}' -AsPlainText -Force"),
    "r": ("a.R", '{n} <- "{v}"'),
    "sql-user": ("a.sql", "CREATE USER {w} WITH PASSWORD '{v}';"),
    "sql-mysql": ("a.sql", "CREATE USER '{w}'@'%' IDENTIFIED BY '{v}';"),
    "sql-alter": ("a.sql", "ALTER ROLE {w} LOGIN PASSWORD '{v}';"),
    "sql-set": ("a.sql", "SET PASSWORD FOR '{w}'@'localhost' = PASSWORD('{v}');"),
    "json": ("a.json", '  "{n}": "{v}",'),
    "json-camel": ("a.json", '  "{c}":"{v}"'),
    "json-inline": ("a.json", '{{"user":"{w}","{c}":"{v}","x":1}}'),
    "yaml-quoted": ("a.yml", '  {n}: "{v}"'),
    "yaml-single": ("a.yml", "  {n}: '{v}'"),
    "yaml-env-pair": ("k8s.yaml", '  - name: {U}\n    value: "{v}"'),
    "toml": ("a.toml", '{n} = "{v}"'),
    "toml-inline": ("a.toml", 'db = {{ user = "{w}", {n} = "{v}" }}'),
    "hcl": ("main.tf", '  {n} = "{v}"'),
    "hcl-variable": ("main.tf", 'variable "{n}" {{\n  type    = string\n  default = "{v}"\n}}'),
    "xml-attribute": ("a.xml", '  <server user="{w}" {c}="{v}" />'),
    "xml-add": ("web.config", '    <add key="{C}" value="{v}" />'),
    "xml-property": ("spring.xml", '  <property name="{c}" value="{v}"/>'),
    "shell-export": ("a.sh", 'export {U}="{v}"'),
    "shell-single": ("a.sh", "{U}='{v}'"),
    "shell-default": ("a.sh", '{U}="${{{U}:-{v}}}"'),
    "shell-flag": ("a.sh", "tool login --user {w} --password '{v}'"),
    "docker-env": ("Dockerfile", 'ENV {U}="{v}"'),
    "jenkins": ("Jenkinsfile", "    environment {{ {U} = '{v}' }}"),
    "comment": ("a.py", "# {n}: {v}"),
    "comment-slash": ("a.go", "// {n} = {v}"),
    "comment-is": ("a.py", "# the password is {v}"),
    "print": ("a.py", 'print("{n}: {v}")'),
    "concat": ("a.py", '{n} = "{v1}" + "{v2}"'),
    "concat-lines": ("a.js", 'const {c} = "{v1}" +\n  "{v2}";'),
    "concat-implicit": ("a.py", '{n} = (\n    "{v1}"\n    "{v2}"\n)'),
    "escaped-json": ("a.py", 'body = "{{\\"{n}\\": \\"{v}\\"}}"'),
    "python-fstring": ("a.py", 'dsn = f"user={w} {n}={v}"'),
    "graphql": ("a.graphql", '  login(email: "a@example.org", password: "{v}") {{'),
    "matlab-named": ("a.m", "opts = weboptions('Username','{w}','Password','{v}');"),
    "clojure": ("a.edn", ' :{n} "{v}"'),
    "dart": ("a.dart", "  static const String {c} = '{v}';"),
    "typescript-cast": ("a.ts", "const {c} = '{v}' as string;"),
    "test-fixture": ("tests/test_login.py", '    assert login("{w}", {n}="{v}")'),
}
BARE: dict[str, tuple[str, ...]] = {
    "env": (".env", "{U}={v}"),
    "env-export": (".env.local", "export {U}={v}"),
    "yaml": ("a.yaml", "{n}: {v}"),
    "yaml-nested": ("a.yaml", "db:\n  user: {w}\n  {n}: {v}"),
    "yaml-list": ("docker-compose.yml", "      - {U}={v}"),
    "yaml-default": ("docker-compose.yml", "      {U}: ${{{U}:-{v}}}"),
    "yaml-comment": ("a.yaml", "{n}: {v}  # for staging"),
    "ini": ("a.ini", "[db]\n{n} = {v}"),
    "ini-tight": ("a.cfg", "{n}={v}"),
    "properties": ("application.properties", "spring.datasource.{n}={v}"),
    "properties-dash": ("application.properties", "app.client-secret = {v}"),
    "docker-env-bare": ("Dockerfile", "ENV {U}={v}"),
    "docker-env-space": ("Dockerfile", "ENV {U} {v}"),
    "docker-arg": ("Dockerfile", "ARG {U}={v}"),
    "xml-element": ("a.xml", "    <{c}>{v}</{c}>"),
    "maven": ("settings.xml", "      <username>{w}</username>\n      <password>{v}</password>"),
    "plist": ("a.plist", "  <key>{C}</key>\n  <string>{v}</string>"),
    "shell-flag-eq": ("a.sh", "tool --password={v} --user={w}"),
    "shell-flag-bare": ("a.sh", "tool login -u {w} --password {v}"),
    "mysql-p": ("a.sh", "mysql -h db -u root -p{v} app"),
    "sshpass": ("a.sh", "sshpass -p {v} ssh deploy@host"),
    "curl-u": ("a.sh", "curl -u {w}:{v} https://example.org/x"),
    "pgpassword": ("a.sh", "PGPASSWORD={v} psql -h db app"),
    "redis-a": ("a.sh", "redis-cli -h cache -a {v} ping"),
    "docker-run": ("a.sh", "docker run -e {U}={v} app"),
    "echo-stdin": ("a.sh", "echo {v} | docker login -u {w} --password-stdin"),
    "shell-default-bare": ("a.sh", ": ${{{U}:={v}}}"),
    "kubectl": ("a.sh", "kubectl create secret generic db --from-literal=password={v}"),
    "helm-set": ("a.sh", "helm install x --set auth.password={v},auth.user={w}"),
    "setx": ("a.bat", "setx {U} {v}"),
    "bat-set": ("a.bat", "set {U}={v}"),
    "url-http": ("a.py", 'url = "https://{w}:{v}@git.example.org/x.git"'),
    "url-postgres": ("a.py", 'DB = "postgresql+psycopg2://{w}:{v}@db:5432/app"'),
    "url-mongo": (".env", "MONGO=mongodb+srv://{w}:{v}@cluster0.example.net/app?retryWrites=true"),
    "url-redis": ("a.yaml", "cache: redis://:{v}@cache:6379/0"),
    "url-amqp": ("a.go", '\tc := dial("amqp://{w}:{v}@mq:5672/")'),
    "url-query": ("a.py", 'get("https://api.example.org/v1?api_key={v}&q=1")'),
    "url-token": ("a.md", "See https://example.org/download?access_token={v}"),
    "url-smtp": ("a.yml", "mail: smtp://{w}:{v}@smtp.example.org:587"),
    "url-jdbc": ("a.xml", "<url>jdbc:mysql://db/app?user={w}&amp;password={v}&amp;ssl=1</url>"),
    "jdbc-oracle": ("a.properties", "url=jdbc:oracle:thin:{w}/{v}@db:1521:orcl"),
    "jdbc-sqlserver": (
        "a.properties",
        "url=jdbc:sqlserver://db:1433;databaseName=x;user={w};password={v};encrypt=true",
    ),
    "ado": ("appsettings.json", '  "Default": "Server=db;Database=x;User Id={w};Password={v};Encrypt=true"'),
    "ado-pwd": ("web.config", '<add name="x" connectionString="Data Source=db;Uid={w};Pwd={v};" />'),
    "libpq": ("a.py", 'dsn = "host=db port=5432 dbname=x user={w} password={v}"'),
    "libpq-mid": ("a.go", '\topen("host=db user={w} password={v} dbname=x sslmode=disable")'),
    "go-mysql": ("a.go", '\tsql.Open("mysql", "{w}:{v}@tcp(db:3306)/app")'),
    "netrc": (".netrc", "machine example.org login {w} password {v}"),
    "netrc-lines": (".netrc", "machine example.org\n  login {w}\n  password {v}"),
    "pgpass": (".pgpass", "db.example.org:5432:app:{w}:{v}"),
    "npmrc-password": (".npmrc", "//registry.example.org/:_password={b}"),
    "npmrc-auth": (".npmrc", "_auth={b2}"),
    "npmrc-token": (".npmrc", "//registry.example.org/:_authToken={v}"),
    "pypirc": (".pypirc", "[pypi]\nusername = {w}\npassword = {v}"),
    "docker-auth": (".docker/config.json", '    "registry.example.org": {{ "auth": "{b2}" }}'),
    "k8s-secret": ("k8s.yaml", "kind: Secret\ndata:\n  password: {b}"),
    "k8s-secret-odd": ("k8s.yaml", "apiVersion: v1\nkind: Secret\ntype: Opaque\ndata:\n  url: {b}"),
    "k8s-string-data": ("k8s.yaml", "kind: Secret\nstringData:\n  admin: {v}"),
    "basic-header": ("a.sh", 'curl -H "Authorization: Basic {b2}" https://example.org'),
    "basic-code": ("a.js", "headers['Authorization'] = 'Basic {b2}'"),
    "bearer-header": ("a.sh", 'curl -H "Authorization: Bearer {v}" https://example.org'),
    "key-header": ("a.sh", "curl -H 'X-API-Key: {v}' https://example.org"),
    "http-file": ("a.http", "X-Auth-Token: {v}"),
    "cookie": ("a.http", "Cookie: sessionid={v}; theme=dark"),
    "form-body": ("a.sh", "curl -d 'username={w}&password={v}' https://example.org/login"),
    "form-json": ("a.sh", 'curl -d \'{{"username":"{w}","password":"{v}"}}\' https://example.org/login'),
    "htpasswd": ("a.sh", "htpasswd -b users {w} {v}"),
    "openssl": ("a.sh", "openssl enc -aes-256-cbc -pass pass:{v} -in a"),
    "net-user": ("a.bat", "net user {w} {v} /add"),
    "chpasswd": ("a.sh", 'echo "{w}:{v}" | chpasswd'),
    "useradd": ("a.sh", "useradd -m -p {v} {w}"),
    "ansible": ("inventory.ini", "web1 ansible_user={w} ansible_ssh_pass={v}"),
    "gradle-properties": ("gradle.properties", "signing.password={v}"),
    "wpa": ("wpa.conf", '  psk="{v}"'),
    "markdown": ("README.md", "Login: `{w}`, password: `{v}`"),
    "markdown-table": ("README.md", "| Password | {v} |"),
    "markdown-bold": ("README.md", "**Password:** {v}"),
    "redis-conf": ("redis.conf", "requirepass {v}"),
    "rabbit-conf": ("rabbitmq.conf", "default_pass = {v}"),
    "ldap": ("ldap.conf", "bindpw {v}"),
    "snmp-or-wifi": ("net.conf", "passphrase={v}"),
    "file-name": ("backup/{U}={v}.txt", "x"),
    "edit-semicolon": ("a.ini", "{n} = {s}"),
    "edit-ampersand": (".env", "{U}={a}"),
    "edit-comma": ("a.yaml", "{n}: {k}"),
}


def _placed(c: Chance, kind: str, spec: tuple[str, ...], value: str) -> Sample:
    path, form = spec
    name = c.choice(PASS if "pass" in form or kind.startswith(("sql", "net")) else NAMES)
    cut = len(value) // 2
    noun, pair = c.choice(USERS), _b64(f"{c.choice(NOUNS)}:{value}")
    given = {
        "n": name,
        "c": _camel(name),
        "C": _camel(name)[:1].upper() + _camel(name)[1:],
        "U": name.upper(),
        "w": noun,
        "v": value,
        "v1": value[:cut],
        "v2": value[cut:],
        "b": _b64(value),
        "b2": pair,
        "s": value[:cut] + ";" + value[cut:],
        "a": value[:cut] + "&" + value[cut:],
        "k": value[:cut] + "," + value[cut:],
    }
    lines = tuple(form.format(**given).split("\n"))
    shown = [given[key] for key in ("v", "b", "b2", "s", "a", "k") if "{" + key + "}" in form + path]
    if "{v1}" in form:
        shown = [given["v1"], given["v2"]]
    return Sample(kind, path.format(**given), lines, tuple(shown))


# ------------------------------------------------------------------ whole blocks

KEYS = [
    "RSA PRIVATE KEY",
    "EC PRIVATE KEY",
    "OPENSSH PRIVATE KEY",
    "PRIVATE KEY",
    "ENCRYPTED PRIVATE KEY",
    "DSA PRIVATE KEY",
    "PGP PRIVATE KEY BLOCK",
]


def _body(c: Chance, rows: int) -> list[str]:
    return [c.of(B64, 64) for _ in range(rows)] + [c.of(B64, c.randrange(20, 60)) + "=="]


def _pem(c: Chance, kind: str) -> Sample:
    name, body = c.choice(KEYS), _body(c, c.randrange(4, 12))
    head, foot = "-----" + f"BEGIN {name}-----", f"-----END {name}-----"
    one = "\\n".join((head, *body, foot))
    whole = _b64("\n".join((head, *body, foot)))
    joined = (f'String k = "{head}\\n" +', *(f'    "{row}\\n" +' for row in body), f'    "{foot}";')
    path, lines, values = {
        "pem-file": (c.choice(["id_rsa", "server.key", "a.pem"]), (head, *body, foot), body),
        "pem-python": ("a.py", (f'KEY = """{head}', *body, f'{foot}"""'), body),
        "pem-escaped": ("sa.json", (f'  "private_key": "{one}\\n",',), body),
        "pem-yaml": ("a.yaml", ("  tls.key: |", *("    " + row for row in (head, *body, foot))), body),
        "pem-concat": ("A.java", joined, body),
        "pem-go": ("a.go", (f"const k = `{head}", *body, f"{foot}`"), body),
        "pem-no-end": ("server.key", (head, *body[:-1]), body[:-1]),
        "pem-no-begin": ("server.key", (*body, foot), body),
        "pem-middle": (c.choice(["deploy/id_rsa", "a.pem", "tls.key"]), tuple(body[:-1]), body[:-1]),
        "pem-base64": ("a.env", (f"SSH_PRIVATE_KEY_B64={whole}",), [whole]),
    }[kind]
    return Sample(kind, path, lines, tuple(values))


PEMS = [
    "pem-file",
    "pem-python",
    "pem-escaped",
    "pem-yaml",
    "pem-concat",
    "pem-go",
    "pem-no-end",
    "pem-no-begin",
    "pem-middle",
    "pem-base64",
]


def _aws_secret(c: Chance, kind: str) -> Sample:
    value = c.of(B64, 40)
    path, line = c.choice(
        [
            ("credentials", f"aws_secret_access_key = {value}"),
            (".env", f"AWS_SECRET_ACCESS_KEY={value}"),
            ("a.py", f's = Session(aws_secret_access_key="{value}")'),
            ("a.tf", f'  secret_key = "{value}"'),
            ("a.js", f"  secretAccessKey: '{value}',"),
            ("a.json", f'"SecretAccessKey": "{value}"'),
            ("a.sh", f"aws configure set aws_secret_access_key {value}"),
        ]
    )
    return Sample(kind, path, (line,), (value,))


def _azure(c: Chance, kind: str) -> Sample:
    value = _b64(c.randbytes(64))
    line = f"DefaultEndpointsProtocol=https;AccountName={c.choice(NOUNS)};AccountKey={value};EndpointSuffix=core.windows.net"
    path, form = c.choice(
        [
            ("a.py", 'conn = "{}"'),
            (".env", "STORAGE={}"),
            ("local.settings.json", '"AzureWebJobsStorage": "{}"'),
        ]
    )
    return Sample(kind, path, (form.format(line),), (value,))


def _azure_sas(c: Chance, kind: str) -> Sample:
    value = _b64(c.randbytes(32)).replace("+", "%2B").replace("/", "%2F").replace("=", "%3D")
    return Sample(
        kind,
        "a.py",
        (f'u = "https://{c.choice(NOUNS)}.blob.core.windows.net/c?sv=2022-11-02&sp=r&sig={value}"',),
        (value,),
    )


def _service_bus(c: Chance, kind: str) -> Sample:
    value = _b64(c.randbytes(32))
    line = f'"Bus": "Endpoint=sb://{c.choice(NOUNS)}.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey={value}"'
    return Sample(kind, "appsettings.json", (line,), (value,))


def _passphrase(c: Chance, kind: str) -> Sample:
    value = " ".join(c.sample(NOUNS, 4)) + " " + str(c.randrange(10, 99))
    path, form = c.choice(
        [
            ("a.py", 'PASSPHRASE = "{}"'),
            ("a.yaml", 'passphrase: "{}"'),
            ("a.js", "const secret = '{}';"),
            ("a.toml", 'password = "{}"'),
            (".env", 'DB_PASSWORD="{}"'),
        ]
    )
    return Sample(kind, path, (form.format(value),), (value,))


def _mnemonic(c: Chance, kind: str) -> Sample:
    value = " ".join(c.choices(NOUNS, k=12))
    return Sample(kind, "a.ts", (f'const mnemonic = "{value}";',), (value,))


BLOCKS: dict[str, Callable[[Chance, str], Sample]] = {
    **dict.fromkeys(PEMS, _pem),
    "aws-secret": _aws_secret,
    "azure-storage": _azure,
    "azure-sas": _azure_sas,
    "service-bus": _service_bus,
    "passphrase": _passphrase,
    "mnemonic": _mnemonic,
}
KINDS = [*TOKENS, *QUOTED, *BARE, *BLOCKS]


def sample(kind: str, chance: Chance) -> Sample:
    if kind in TOKENS:
        return _token(chance, kind)
    if kind in QUOTED:
        return _placed(chance, kind, QUOTED[kind], _any(chance))
    if kind in BARE:
        return _placed(chance, kind, BARE[kind], _plain(chance))
    return BLOCKS[kind](chance, kind)


def samples(count: int, seed: int) -> list[Sample]:
    """``count`` secrets, every kind about equally often."""
    chance = Chance(seed)
    return [sample(KINDS[number % len(KINDS)], chance) for number in range(count)]
