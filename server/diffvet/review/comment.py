"""How a file's language writes a comment on a line of its own, as far as its path tells."""

from typing import Final, NamedTuple


class Comment(NamedTuple):
    """What stands before and after the words of a comment; ``closer`` is "" where it reaches to the end of the line."""

    opener: str
    closer: str = ""

    def around(self, words: str) -> str:
        """The comment that says ``words``."""
        return f"{self.opener} {words} {self.closer}".rstrip()


_HASH: Final = (
    "py pyi pyx pxd rb rake gemspec sh bash zsh ksh fish pl pm r jl yaml yml toml cfg conf cnf properties env nix "
    "tf tfvars hcl cmake ex exs coffee cr nim awk sed ps1 psm1 mk dockerfile containerfile gitignore gitattributes "
    "dockerignore editorconfig graphql gql bzl bazel star proto3 robot feature tcl"
)
_SLASHES: Final = (
    "c h cc cpp cxx hh hpp hxx m mm cs java kt kts scala groovy gradle js mjs cjs jsx ts mts cts tsx go rs swift dart "
    "php zig v sol proto scss less jsonc json5 d fs fsx fsi glsl hlsl wgsl cu cuh pas bicep cue"
)
_DASHES: Final = "sql lua hs elm ada adb ads vhd vhdl"
_SEMICOLONS: Final = "ini asm lisp el clj cljs cljc edn scm rkt"
_PERCENTS: Final = "erl hrl tex"
_ANGLES: Final = (
    "html htm xhtml xml xsl xslt xsd svg vue md markdown csproj vbproj fsproj props targets plist config"
)
_STARS: Final = "css"
_DOUBLE: Final = "bat cmd"

_NAMES: Final = {
    name: Comment("#")
    for name in (
        "dockerfile", "containerfile", "makefile", "gnumakefile", "rakefile", "gemfile", "vagrantfile", "procfile",
        "cmakelists.txt", "jenkinsfile", "build", "workspace", "codeowners", ".bashrc", ".zshrc", ".profile", ".npmrc",
        ".env", "requirements.txt", "constraints.txt",
    )
}  # fmt: skip
_NAMES["jenkinsfile"] = Comment("//")


def _endings() -> dict[str, Comment]:
    styles = {
        _HASH: Comment("#"),
        _SLASHES: Comment("//"),
        _DASHES: Comment("--"),
        _SEMICOLONS: Comment(";"),
        _PERCENTS: Comment("%"),
        _ANGLES: Comment("<!--", "-->"),
        _STARS: Comment("/*", "*/"),
        _DOUBLE: Comment("::"),
    }
    return {ending: comment for endings, comment in styles.items() for ending in endings.split()}


_ENDINGS: Final = _endings()
_MARKUP: Final = frozenset({"jsx", "tsx"})
_IN_MARKUP: Final = Comment("{/*", "*/}")


def comment_for(path: str, line: str) -> Comment | None:
    """The comment that may stand alone above ``line`` of ``path``; None where none is known, as in JSON.

    Between the tags of JSX a comment is an expression, told by how ``line`` begins.
    """
    name = path.rsplit("/", 1)[-1].lower()
    known = _NAMES.get(name) or next((_NAMES[stem] for stem in _NAMES if name.startswith(f"{stem}.")), None)
    ending = name.rsplit(".", 1)[-1] if "." in name else ""
    if ending in _MARKUP and line.lstrip().startswith("<"):
        return _IN_MARKUP
    return _ENDINGS.get(ending) or known
