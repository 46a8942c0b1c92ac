#!/usr/bin/env bash
# Makes the Python environment .venv from the lock file, with whatever the machine has: `uv` where it is on PATH,
# otherwise a private uv in build/uv. Does nothing when .venv is already what the lock file says.
set -Eeuo pipefail
cd "$(dirname "$0")/.."

uv_version=0.13.9
wanted=$(sha256sum requirements-dev.lock | cut -d' ' -f1)
stamp=.venv/.lock-sha256
[ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ] && exit 0

python=$(command -v python3) || { echo "python3 (3.11 or newer) is missing: apt-get install python3" >&2; exit 1; }
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "python3 is older than 3.11" >&2; exit 1; }

uv=$(command -v uv) || uv=build/uv/bin/uv
# A pyenv shim is on PATH even where the selected Python has no uv: ask it, do not trust the name.
"$uv" --version >/dev/null 2>&1 || uv=build/uv/bin/uv
if ! "$uv" --version >/dev/null 2>&1; then
    echo "installing uv into build/uv"
    # Debian ships venv apart from python3.
    if ! "$python" -c 'import ensurepip' 2>/dev/null; then
        [ "$(id -u)" = 0 ] || { echo "python3-venv is missing: apt-get install python3-venv" >&2; exit 1; }
        apt-get update -qq && apt-get install -y -qq --no-install-recommends python3-venv
    fi
    "$python" -m venv build/uv
    build/uv/bin/pip install --quiet --disable-pip-version-check "uv==$uv_version"
    uv=build/uv/bin/uv
fi

echo "making .venv from requirements-dev.lock"
"$uv" venv --quiet --clear --python "$python" .venv
"$uv" pip sync --quiet --python .venv/bin/python --require-hashes requirements-dev.lock
echo "$wanted" > "$stamp"
