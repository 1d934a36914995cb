#!/bin/sh
# Makes an environment: Python 3.10 with locked packages, by uv. Called by "make setup", which wants .venv with
# requirements.txt, and by "make bench BASELINE=1". Usage: install.sh [FOLDER LOCK...]
set -eu
cd "$(dirname "$0")"

[ $# -gt 0 ] || set -- .venv requirements.txt
environment=$1
shift

UV_VERSION=0.13.9
PYTHON_VERSION=$(cat .python-version)
export UV_HTTP_TIMEOUT="${UV_HTTP_TIMEOUT:-300}"

fail() {
    echo "Set-up cannot go on: $*" >&2
    exit 1
}

# Any Python from 3.8 on can fetch uv.
find_python() {
    for name in python3 python3.13 python3.12 python3.11 python3.10 python3.9 python3.8 python "$HOME"/.pyenv/versions/3.*/bin/python3; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 8))' 2>/dev/null; then
            echo "$name"
            return
        fi
    done
    return 1
}

find_uv() {
    if [ -x .tools/uv/bin/uv ]; then
        echo .tools/uv/bin/uv
    elif uv --version >/dev/null 2>&1; then
        echo uv
    else
        return 1
    fi
}

if ! uv=$(find_uv); then
    python=$(find_python) || fail "it needs uv or Python 3.8 or newer, and found neither"
    echo "Installing uv $UV_VERSION into .tools ..."
    rm -rf .tools/uv
    "$python" -m venv .tools/uv >/dev/null 2>&1 && .tools/uv/bin/python -m pip install --quiet --disable-pip-version-check "uv==$UV_VERSION" \
        || fail "uv could not be installed: check the network, and that $python has 'venv' (on Debian: package python3-venv)"
    uv=.tools/uv/bin/uv
fi

# Prefer a Python 3.10 that is here already; uv fetches one only if there is none.
interpreter=$PYTHON_VERSION
if ! "$uv" python find --no-python-downloads "$PYTHON_VERSION" >/dev/null 2>&1; then
    for candidate in "$HOME"/.pyenv/versions/"$PYTHON_VERSION".*/bin/python; do
        [ -x "$candidate" ] && interpreter=$candidate
    done
fi

echo "Making $environment with Python $PYTHON_VERSION ..."
"$uv" venv --quiet --clear --python "$interpreter" "$environment" || fail "Python $PYTHON_VERSION was not found and could not be fetched"
echo "Installing the locked packages (the first time takes some minutes) ..."
VIRTUAL_ENV=$environment "$uv" pip sync --require-hashes "$@" || fail "the packages could not be installed, see above"
touch "$environment/installed"
