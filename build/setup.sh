#!/usr/bin/env bash
# Sets this checkout up: system libraries, virtual environment, locked Python packages, Sightline itself.
#   build/setup.sh run     what `make run` needs        build/setup.sh test    that and what `make test` needs
#   build/setup.sh bench   that and the players that `make bench` measures beside ours, where they can be installed
# Repeating it costs nothing where nothing changed. It never touches anything outside this folder but, where it may,
# Debian packages; where it may not, it prints exactly what to install.
set -euo pipefail
cd "$(dirname "$0")/.."
level=${1:-run}
case "$level" in
    run) levels="run" ;;
    test | bench) levels="run test" ;;
    *) echo "build/setup.sh: say run, test or bench, not '$level'" >&2; exit 2 ;;
esac

say() { printf 'setup: %s\n' "$*"; }
fail() { printf '\nsetup: %s\n' "$*" >&2; exit 1; }

is_there() { # is_there NAME: a library (….so.N), a font (font:NAME), a plug-in of VLC (vlc:NAME) or a program
    case "$1" in
        vlc:*) compgen -G "/usr/lib*/*/vlc/plugins/*/${1#vlc:}" >/dev/null ||
            compgen -G "/usr/lib*/vlc/plugins/*/${1#vlc:}" >/dev/null ;;
        *.so.*) { ldconfig -p 2>/dev/null || /sbin/ldconfig -p 2>/dev/null; } | grep -qF "	$1 " ;;
        font:*) command -v fc-list >/dev/null && fc-list ":family=${1#font:}" family 2>/dev/null | grep -q . ;;
        *) command -v "$1" >/dev/null ;;
    esac
}

missing_packages() { # missing_packages LEVEL…: Debian packages of what is not there, one a line
    sed 's/font:DejaVu Sans/font:DejaVu_Sans/' build/system-packages.txt | while read -r name package for _; do
        case "$name" in '' | '#'*) continue ;; esac
        case " $* " in *" ${for%% *} "*) ;; *) continue ;; esac
        is_there "${name//_Sans/ Sans}" || echo "$package"
    done | sort -u
}

find_python() {
    for candidate in "${PYTHON:-}" python3 python3.13 python3.12 python3.11; do
        [ -n "$candidate" ] && command -v "$candidate" >/dev/null || continue
        "$candidate" -c 'import sys; sys.exit(not ((3, 11) <= sys.version_info < (3, 15)))' 2>/dev/null || continue
        echo "$candidate"
        return
    done
    return 1
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

install_packages() { # install_packages PACKAGE...
    command -v apt-get >/dev/null || return 1
    [ "$(id -u)" = 0 ] || { command -v sudo >/dev/null && sudo -n true 2>/dev/null; } || return 1
    say "installing system packages: $*"
    as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq || return 1
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null || return 1
}

if [ "$(uname -s)" = Linux ]; then
    wanted=()
    while IFS= read -r package; do wanted+=("$package"); done < <(missing_packages $levels)
    find_python >/dev/null || wanted+=(python3)
    if python=$(find_python); then
        "$python" -c 'import ensurepip, venv' 2>/dev/null || wanted+=(python3-venv)
    else
        wanted+=(python3-venv)
    fi
    if [ ${#wanted[@]} -gt 0 ] && ! install_packages "${wanted[@]}"; then
        fail "this machine lacks system packages, and they cannot be installed from here. On Debian or Ubuntu:

    sudo apt-get install ${wanted[*]}

On another Linux install the packages that bring the same libraries (build/system-packages.txt names each). Then run
this again."
    fi
    if [ "$level" = bench ]; then
        mapfile -t peers < <(missing_packages bench)
        if [ ${#peers[@]} -gt 0 ] && ! install_packages "${peers[@]}"; then
            say "left out of the benchmarks, since these cannot be installed from here: ${peers[*]}"
        fi
    fi
fi

python=$(find_python) || fail "Python 3.11 to 3.14 is needed and was not found. Install it, or say PYTHON=/path/to/python3."

fingerprint=$(cat requirements.lock pyproject.toml build/setup.sh | cksum | tr ' ' '-')-$("$python" -c 'import sys; print(sys.version_info[:2])' | tr -d ' ')-$PWD
stamp=.venv/sightline-setup
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$fingerprint" ]; then exit 0; fi

say "virtual environment .venv with $("$python" --version)"
[ -x .venv/bin/python ] && .venv/bin/python -c '' 2>/dev/null || "$python" -m venv --clear .venv
say "Python packages, as locked (the first time this takes a few minutes)"
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
printf '%s' "$fingerprint" >"$stamp"
say "done: .venv/bin/sightline"
