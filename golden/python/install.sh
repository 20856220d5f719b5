#!/bin/sh
# Makes a Python environment of the end-to-end tests: install.sh [NAME]
#
# Without a name it is real dbt, the DuckDB CLI and shellcheck, at the versions of requirements.txt; with one it is that of
# NAME/requirements.txt. Needs Python 3.11 or newer and a package index, nothing else. Does nothing when up to date.
# The one called bigquery needs Python 3.13, 3.14 or 3.15. Where neither PATH nor pyenv has one, uv is asked to fetch it.
#
#   PYTHON        the interpreter to use; default: the first good one on PATH
#   DBTWAC_VENV   where the environment goes; default: .venv at the root of the repository; -NAME is added to it
set -eu

here=$(cd "$(dirname "$0")" && pwd)
name=${1:-}
venv=${DBTWAC_VENV:-$here/../../.venv}${name:+-$name}
lock=${name:+$name/}requirements.txt
if ! [ -f "$here/$lock" ]; then
	echo "install.sh: no lock $here/$lock; a name is that of a folder with one" >&2
	exit 1
fi

good() { # whether $1 is a Python 3.$oldest or newer, and older than 3.$next
	"$1" -c 'import sys; sys.exit(not (3, int(sys.argv[1])) <= sys.version_info < (3, int(sys.argv[2])))' "$oldest" "$next" >/dev/null 2>&1
}

# A name on PATH may be a shim of pyenv, which runs nothing where another version is chosen; what pyenv has is below its root.
find_python() {
	python=
	for candidate in ${PYTHON:+"$PYTHON"} python3 python3.11 python3.12 python3.13 python3.14 python3.15 python \
		"$(pyenv root 2>/dev/null || echo /nonexistent)"/versions/3.1[345]*/bin/python; do
		if good "$candidate"; then
			python=$candidate
			break
		elif [ "$candidate" = "${PYTHON:-}" ]; then
			break # an explicit choice is not silently replaced
		fi
	done
}

oldest=11 next=99 wanted="Python 3.11 or newer"
if [ "$name" = bigquery ]; then # the emulator needs 3.13, and some of its packages have no builds for later ones yet
	oldest=13 next=16 wanted="Python 3.13, 3.14 or 3.15"
fi
find_python
fetch=
if [ -z "$python" ] && [ "$name" = bigquery ] && [ -z "${PYTHON:-}" ]; then
	oldest=11 next=99
	find_python # of any that can install uv
	fetch='>=3.13,<3.16'
fi
if [ -z "$python" ]; then
	echo "install.sh: no $wanted found${PYTHON:+ at PYTHON=$PYTHON}; install one, or name it: PYTHON=/path/to/python3 $0${name:+ $name}" >&2
	exit 1
fi

# The stamp covers all that decides what is installed. It is written last, so an interrupted run starts over.
stamp=$(cd "$here" && cat install.sh uv.txt "$lock" | "$python" -c '
import hashlib, sys
print(hashlib.sha256(sys.stdin.buffer.read()).hexdigest())')
if good "$venv/bin/python" && [ "$(cat "$venv/dbtwac.stamp" 2>/dev/null)" = "$stamp" ]; then
	exit 0
fi

bootstrap=$(mktemp -d)
trap 'rm -rf "$bootstrap"' EXIT
trap 'exit 1' HUP INT TERM
if ! "$python" -m venv "$bootstrap" >&2; then
	echo "install.sh: $python cannot make a virtual environment; on Debian and Ubuntu: apt-get install python3-venv" >&2
	exit 1
fi
"$bootstrap/bin/pip" install --quiet --disable-pip-version-check --require-hashes -r "$here/uv.txt"

if ! "$bootstrap/bin/uv" venv --quiet --clear --python "${fetch:-$python}" "$venv"; then
	echo "install.sh: no $wanted found${fetch:+, and none could be fetched}; install one, or name it: PYTHON=/path/to/python3 $0${name:+ $name}" >&2
	exit 1
fi
# sync installs the lock and nothing else: no dependency is resolved again, so override.txt has done its work by now.
"$bootstrap/bin/uv" pip sync --quiet --require-hashes --python "$venv/bin/python" "$here/$lock"
echo "$stamp" >"$venv/dbtwac.stamp"
