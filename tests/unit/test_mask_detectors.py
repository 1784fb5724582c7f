"""What the detectors find and what they leave alone, and that hostile text costs no more than its length."""

import pytest

from diffvet.review.discreet import hide
from diffvet.review.secrets import assignments
from diffvet.review.secrets.scan import scan
from diffvet.review.secrets.surprise import ratio, surprises
from unit.samples.secrets.harmless import harmless
from unit.samples.secrets.made import KINDS, samples

P, R = "hunter" + "2!kx9", "q8ZrT3mVx0Lk" + "9PwYb2NcHs5D"


def found(text, path="src/app.py"):
    return [text[span.start : span.end] for span in scan(text, path)]


def test_at_least_98_of_100_made_secrets_are_hidden_whole():
    made = samples(1000, seed=7)
    hidden = sum(
        all(
            any(value in each or each in value for each in found("\n".join(s.lines), s.path))
            for value in s.values
        )
        for s in made
    )
    assert len(KINDS) >= 30
    assert hidden >= 980


def test_at_most_one_of_100_look_alikes_raises_an_alarm():
    assert (
        sum(bool(found("\n".join(each.lines), each.path)) for each in harmless(500, seed=7, installed=0)) <= 5
    )


@pytest.mark.parametrize(
    ("path", "text", "value"),
    [
        ("a.py", f"os.environ['API_KEY'] = '{R}'", R),
        ("a.py", f"TOKEN = os.getenv('TOKEN', '{R}')", R),
        ("a.py", f'password = input() or "{P}"', P),
        ("a.py", f'password = (\n    "{P}"\n)', P),
        ("a.py", f"requests.get(u, auth=('bot', '{P}'))", P),
        ("a.sh", f"mysql -u root -p{P} app", P),
        ("a.sh", f"echo '{P}' | docker login --password-stdin", P),
        ("a.yaml", f"db:\n  password: {P}", P),
        ("a.yaml", f"  token: |\n    {R}", R),
        ("a.yaml", f'args: ["--password", "{P}"]', P),
        ("a.json", f'"name": "API_KEY",\n  "value": "{R}"', R),
        ("a.xml", f"<password><![CDATA[{P}]]></password>", P),
        ("a.tf", f'variable "db_password" {{\n  type = string\n  default = "{P}"\n}}', P),
        ("a.sql", f"CREATE USER app WITH PASSWORD '{P}';", P),
        ("a.java", f'DriverManager.getConnection(url, "app", "{P}")', P),
        ("a.cs", f'new NetworkCredential("app", "{P}")', P),
        ("a.js", f"token = token || '{R}'", R),
        ("a.ps1", f'$Password = ConvertTo-SecureString "{P}" -AsPlainText', P),
        ("a.md", f"| password | `{P}` |", P),
        ("a.gradle", f"    password '{P}'", P),
        ("a.kt", f'field("String", "API_KEY", "\\"{R}\\"")', R),
        (".netrc", f"machine h.net login bot password {P}", P),
    ],
)  # fmt: skip
def test_a_value_is_found_in_this_syntax(path, text, value):
    assert any(value in each for each in found(text, path)), found(text, path)


@pytest.mark.parametrize(
    "text",
    [
        "password = os.environ['DB_PASSWORD']",
        "password: str",
        '"password": "Passwort"',
        "In addition you can pass `spec=True` to it",
        '    "AWS::SecretsManager::Secret": "c85175a4ebcce361",',
        "private_key: PKCS7PrivateKeyTypes,",
        "https://abc:xyz@example.com",
        "connect(user, password, timeout=30)",
        "token = parser.next_token()",
        'password="${DB_PASSWORD:?missing}"',
        "const token = `${prefix}-${id}`",
        "grep -r 'BEGIN RSA PRIV" + "ATE KEY' .",
    ],
)
def test_this_is_left_alone(text):
    assert not found(text)


def test_a_random_value_surprises_and_a_name_does_not():
    assert ratio(R) > 0.4
    assert ratio("reset_password_token_generator") < 0.1
    assert surprises("") == surprises("a") == 0


def test_a_secret_longer_than_it_is_judged_by_is_found_to_its_end():
    value = R * 40
    assert found(f'api_key = "{value}"') == [value]
    assert found(f"API_KEY={value}", ".env") == [value]


HOSTILE = [
    "password=",
    "key ",
    "a" * 20 + " ",
    "auth=(",
    "://a:b",
    "eyJ" + "a" * 20 + ".",
    "login(a,",
    "bearer ",
    "secret: |\n ",
    'variable "key" {\n',
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_takes_steps_in_proportion_to_its_length(text, monkeypatch):
    looked_at = []  # the text given to the judges stands for time, which no test asserts
    judge = assignments._is_random
    monkeypatch.setattr(
        assignments, "_is_random", lambda value, *rest: looked_at.append(len(value)) or judge(value, *rest)
    )
    scan(text * 2000, "a.yaml")
    assert sum(looked_at) <= len(text) * 2000 * 40


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ('t = "q8ZrT3mVx0Lk" + "Lk9PwYb2NcHs" + suffix', 't = "q8ZrT3mVx0Lk" + "Lk9PwYb2NcHs" + suffix'),
        ('token = "q8ZrT3mVx0Lk" + "Lk9PwYb2NcHs" + end', f'token = "{"*" * 12}" + "{"*" * 12}" + end'),
        ("$password = 'S3krt9pwQ' . 'aB3dE5';", f"$password = '{'*' * 9}' . '{'*' * 6}';"),
        ('passphrase = "correct horse battery staple"', f'passphrase = "{"*" * 28}"'),
        ('passphrase = "enter your passphrase here"', 'passphrase = "enter your passphrase here"'),
    ],
    ids=["no name", "joined", "joined by a dot", "a phrase of words", "a sentence about one"],
)
def test_secrets_in_parts_and_in_words(text, masked):
    assert hide(text, "app.py") == masked
