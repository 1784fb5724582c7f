#!/usr/bin/env bash
# The demo: a small repository with a risky change in its work tree, reviewed by the embedded reviewer.
# Usage: tests/demo.sh PATH-OF-DIFFVET
set -euo pipefail

diffvet=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
here=$(cd "$(dirname "$0")" && pwd)/demo
scratch=$(mktemp -d "${TMPDIR:-/tmp}/diffvet-demo.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
repo=$scratch/demo
mkdir "$repo"

# No setting of the person who runs this plays a part, and nothing of the demo stays: no endpoint, no key, no network.
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
unset "${!DIFFVET_@}" "${!GIT_DIR@}" "${!GIT_INDEX_FILE@}" 2>/dev/null || true
export XDG_CONFIG_HOME=$scratch/config DIFFVET_CACHE_DIR=$scratch/cache

cd "$repo"
git init -q -b main
cp -R "$here/before/." .
git add .
git -c user.name=demo -c user.email=demo@example.invalid commit -q -m "Reports for managers"

cp -R "$here/after/." .
# A key that leaks; put together here so that no secret scanner trips over this script.
printf 'DEPLOY_REGION = "eu-central-1"\nAWS_ACCESS_KEY_ID = "%s%s"\n' AKIA Q3EGWH5KZTX7RM2P >settings.py

echo "\$ git status --short"
git status --short
echo
echo "\$ diffvet check"
code=0
"$diffvet" check || code=$?
echo
echo "exit code $code"
# 1 is what a review with findings ends with; anything else means the demo failed.
test "$code" -eq 1
