#!/usr/bin/env bash
# Have python:3.12-slim in the engine: the real one where a registry can be reached, a stand-in everywhere else.
#
#   standin.sh        make sure of it
#
# The stand-in is the machine's own Debian, as small as debootstrap makes it, with a Python 3.12 of this machine in
# /usr/local. It is close enough to build and test an image, holds the machine's certificates, and must never be
# pushed. Its tarball is kept, so that only the first run takes long.
set -euo pipefail

base="python:3.12-slim"
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
repository=$(cd "$here/../../.." && pwd)
cache="${TOUCHLINE_CACHE:-$HOME/.cache/touchline}/docker"
bundle=/etc/ssl/certs/ca-certificates.crt
# What the official image has beside Python and its libraries.
packages=ca-certificates,netbase,tzdata

say() { printf 'stand-in: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

in_engine() { docker image inspect "$base" >/dev/null 2>&1; }

find_python() {
  local candidate prefix
  for candidate in "$repository/.venv/bin/python" "$("$repository/.tools/uv" python find 3.12 2>/dev/null || true)" \
    "$(command -v python3.12 || true)"; do
    # One that is absent, or is another version, says nothing.
    prefix=$("$candidate" -c 'import sys; print(sys.base_prefix)' 2>/dev/null || true)
    [[ -x $prefix/bin/python3.12 ]] || continue
    printf '%s\n' "$prefix"
    return
  done
  die "no Python 3.12 on this machine to make a stand-in of: install one, or pull $base"
}

# The Debian packages that hold the shared libraries which the interpreter and its modules ask for.
libraries_of() {
  local prefix=$1 library found
  find "$prefix/bin" "$prefix/lib" -name site-packages -prune -o -type f ! -name '_tkinter*' \
    \( -name python3.12 -o -name '*.so' -o -name '*.so.*' \) -print0 |
    { xargs -0 -n 1 ldd 2>/dev/null || true; } | awk '$3 ~ /^\// {print $3}' | sort -u | grep -v "^$prefix" |
    while read -r library; do
      # A library is registered under /usr/lib or /lib, whichever the merge of the two left in the database.
      found=$(dpkg-query -S "$library" 2>/dev/null || dpkg-query -S "/usr$library" 2>/dev/null ||
        dpkg-query -S "${library#/usr}" 2>/dev/null) || die "no Debian package holds $library"
      printf '%s\n' "${found%%:*}"
    done | sort -u | paste -sd ,
}

copy_python() {
  local prefix=$1 root=$2
  # Like the official image: no tests, no Tk, no static library; the headers stay, as they do there.
  tar -C "$prefix" -c --exclude=__pycache__ --exclude=site-packages --exclude='*.a' --exclude='_tkinter*' \
    --exclude=lib/python3.12/test --exclude=lib/python3.12/idlelib --exclude=lib/python3.12/tkinter \
    --exclude=lib/python3.12/turtledemo --exclude='lib/python3.12/*/test' --exclude='lib/python3.12/*/tests' \
    bin/python3.12 include lib | tar -C "$root/usr/local" -x --no-same-owner
  # Only smaller for it: where there is no strip, the image works as well.
  find "$root/usr/local" -type f \( -name '*.so*' -o -name python3.12 \) \
    -exec strip --strip-unneeded {} + 2>/dev/null || true
  mkdir -p "$root/usr/local/lib/python3.12/site-packages"
  ln -sf python3.12 "$root/usr/local/bin/python3"
  ln -sf python3 "$root/usr/local/bin/python"
  chroot "$root" ldconfig
  chroot "$root" /usr/local/bin/python -m ensurepip --default-pip >/dev/null 2>&1
}

trust_this_machine() {
  local root=$1
  install -m 644 "$bundle" "$root$bundle"
  printf '[global]\ncert = %s\n' "$bundle" >"$root/etc/pip.conf"
}

build() {
  local prefix=$1 tarball=$2 root suite mirror libraries
  libraries=$(libraries_of "$prefix")
  suite=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
  mirror="${DEBIAN_MIRROR:-http://deb.debian.org/debian}"
  root=$(mktemp -d)
  # One file system: should debootstrap be cut off with /proc mounted below, that stays untouched.
  # shellcheck disable=SC2064 # now: the name is gone when the trap runs
  trap "rm -rf --one-file-system '$root'" EXIT
  say "making Debian $suite with Python of $prefix (about a minute, once)"
  debootstrap --variant=minbase --include="$packages,$libraries" "$suite" "$root" "$mirror" \
    >"$cache/debootstrap.log" 2>&1 || { tail -n 20 "$cache/debootstrap.log" >&2; die "debootstrap failed"; }
  copy_python "$prefix" "$root"
  trust_this_machine "$root"
  # Device nodes come from the engine; package files and manuals would only make it larger.
  tar -C "$root" -c --one-file-system --exclude='./dev/*' --exclude='./var/cache/apt/*' \
    --exclude='./var/lib/apt/lists/*' --exclude='./var/log/*' --exclude='./usr/share/doc/*' \
    --exclude='./usr/share/man/*' --exclude='./usr/share/locale/*' . >"$tarball.part"
  mv "$tarball.part" "$tarball"
}

import() {
  docker import \
    --change 'ENV PATH=/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin' \
    --change "ENV SSL_CERT_FILE=$bundle REQUESTS_CA_BUNDLE=$bundle" \
    --change 'ENV LANG=C.UTF-8' --change 'CMD ["python3"]' --change 'LABEL touchline.stand-in=true' \
    "$1" "$base" >/dev/null
}

main() {
  in_engine && return 0
  local refusal
  # A registry out of reach may also never answer.
  refusal=$(timeout "${TOUCHLINE_PULL_TIMEOUT:-300}" docker pull --quiet "$base" 2>&1) && return 0
  say "$base can't be pulled: ${refusal:-no answer}"
  [[ $(id -u) == 0 && -x /usr/bin/apt-get ]] || die "a stand-in can only be made on Debian, as root"
  command -v debootstrap >/dev/null || { apt-get update -qq && apt-get install -qq -y debootstrap >/dev/null; }

  local prefix version key tarball
  mkdir -p "$cache"
  prefix=$(find_python)
  version=$("$prefix/bin/python3.12" -c 'import platform; print(platform.python_version())')
  key=$(cat "${BASH_SOURCE[0]}" "$bundle" | sha256sum | cut -c 1-12)
  tarball="$cache/python-$version-$key.tar"
  [[ -s $tarball ]] || build "$prefix" "$tarball"
  import "$tarball"
  say "$base is a stand-in with Python $version: for tests on this machine alone, never push it"
}

main "$@"
