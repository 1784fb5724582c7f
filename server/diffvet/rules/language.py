"""Which languages a path is written in: a fixed table, so that no grammar is ever asked for by a stranger's name.

ast-grep ends in a Rust panic when it is given a language it does not know; :data:`GRAMMARS` holds the only
names that are passed to it.
"""

import re
from functools import lru_cache

GRAMMARS = {
    "python": "python",
    "javascript": "javascript",
    "jsx": "javascript",
    "typescript": "typescript",
    "tsx": "tsx",
    "go": "go",
    "java": "java",
    "kotlin": "kotlin",
    "csharp": "csharp",
    "c": "c",
    "cpp": "cpp",
    "rust": "rust",
    "ruby": "ruby",
    "php": "php",
    "shell": "bash",
    "scala": "scala",
    "swift": "swift",
}
"""Our language name to the grammar compiled into ast-grep."""

_EXTENSIONS = {
    "py": "python", "pyi": "python", "pyw": "python",
    "js": "javascript", "mjs": "javascript", "cjs": "javascript", "jsx": "jsx",
    "ts": "typescript", "mts": "typescript", "cts": "typescript", "tsx": "tsx",
    "go": "go", "java": "java", "kt": "kotlin", "kts": "kotlin", "cs": "csharp",
    "c": "c", "h": "c", "cc": "cpp", "cpp": "cpp", "cxx": "cpp", "hpp": "cpp", "hh": "cpp", "hxx": "cpp",
    "rs": "rust", "rb": "ruby", "rake": "ruby", "php": "php", "scala": "scala", "swift": "swift",
    "sh": "shell", "bash": "shell", "zsh": "shell", "ksh": "shell",
    "sql": "sql", "tf": "terraform", "tfvars": "terraform", "hcl": "terraform",
    "yml": "yaml", "yaml": "yaml", "json": "json", "toml": "toml",
    "ini": "properties", "cfg": "properties", "conf": "properties", "properties": "properties",
    "env": "env", "html": "html", "htm": "html", "vue": "html", "svelte": "html", "jinja": "html",
    "jinja2": "html", "j2": "html", "erb": "html", "ejs": "html", "hbs": "html", "twig": "html",
    "xml": "xml", "md": "docs", "rst": "docs", "txt": "docs", "adoc": "docs",
}  # fmt: skip

_SPECIAL = (
    (r"(^|/)\.github/workflows/[^/]+\.ya?ml$", ("github-workflow", "yaml")),
    (r"(^|/)action\.ya?ml$", ("github-workflow", "yaml")),
    (r"(^|/)\.gitlab-ci[^/]*\.ya?ml$|(^|/)\.gitlab/ci/", ("gitlab-ci", "yaml")),
    (r"(^|/)([\w.-]+\.)?dockerfile(\.[\w.-]+)?$|(^|/)containerfile$", ("dockerfile",)),
    (r"(^|/)(docker-)?compose[^/]*\.ya?ml$", ("compose", "yaml")),
    (r"(^|/)nginx[^/]*\.conf(\.[\w]+)?$|(^|/)(nginx|sites-(available|enabled))/", ("nginx",)),
    (r"(^|/)package\.json$", ("npm", "json")),
    (r"(^|/)(package-lock|npm-shrinkwrap)\.json$", ("npm-lock",)),
    (r"(^|/)requirements[^/]*\.(txt|in)$|(^|/)requirements/[^/]+\.(txt|in)$|(^|/)constraints[^/]*\.txt$", ("pip",)),
    (r"(^|/)pyproject\.toml$", ("pyproject", "toml")),
    (r"(^|/)go\.mod$", ("gomod",)),
    (r"(^|/)cargo\.toml$", ("cargo", "toml")),
    (r"(^|/)gemfile$", ("gemfile", "ruby")),
    (r"(^|/)(\.npmrc|\.yarnrc(\.ya?ml)?|pip\.conf|\.pypirc|\.netrc)$", ("package-config", "properties")),
    (r"(^|/)\.env(\.[\w.-]+)?$|\.env$", ("env",)),
    (r"(^|/)codeowners$", ("codeowners",)),
    (r"(^|/)\.gitignore$|(^|/)\.dockerignore$", ("gitignore",)),
    (r"(^|/)\.pre-commit-config\.ya?ml$", ("pre-commit", "yaml")),
    (r"(^|/)(rakefile|vagrantfile|fastfile|podfile)$", ("ruby",)),
    (r"(^|/)(gnu)?makefile$|\.mk$", ("makefile",)),
    (r"(^|/)jenkinsfile$", ("jenkins",)),
    (r"(^|/)\.(bashrc|bash_profile|zshrc|profile)$", ("shell",)),
)  # fmt: skip

LANGUAGES = frozenset(
    {*_EXTENSIONS.values(), *(name for _, names in _SPECIAL for name in names), "text"},
)
"""Every name a rule may give under ``languages`` (besides ``any`` and ``code``)."""

_HASH = ("#",)
_SLASHES = ("//",)
COMMENTS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        ("python", "ruby", "shell", "yaml", "dockerfile", "nginx", "pip", "toml", "env", "gemfile", "makefile",
         "pyproject", "cargo", "github-workflow", "gitlab-ci", "compose", "codeowners", "gitignore", "pre-commit"),
        _HASH,
    ),
    **dict.fromkeys(
        ("javascript", "jsx", "typescript", "tsx", "go", "java", "kotlin", "csharp", "c", "cpp", "rust", "scala",
         "swift", "gomod", "jenkins"),
        _SLASHES,
    ),
    "php": ("//", "#"),
    "terraform": ("#", "//"),
    "sql": ("--",),
    "properties": ("#", ";"),
    "package-config": ("#", ";"),
}  # fmt: skip
"""Language to the marks that start a comment running to the end of the line."""


@lru_cache(maxsize=4096)
def languages_of(path: str) -> tuple[str, ...]:
    """The languages of ``path``, most specific first; ``("text",)`` where nothing is known.

    ``.github/workflows/ci.yml`` is both ``github-workflow`` and ``yaml``: rules of either apply.
    """
    lowered = path.lower()
    for pattern, names in _SPECIAL:
        if re.search(pattern, lowered):
            return names
    name = lowered.rpartition("/")[2]
    return (_EXTENSIONS.get(name.rpartition(".")[2], "text"),) if "." in name else ("text",)


def grammar_of(languages: tuple[str, ...]) -> str | None:
    """The ast-grep grammar for a file of these languages, None where there is none."""
    return next((GRAMMARS[name] for name in languages if name in GRAMMARS), None)
