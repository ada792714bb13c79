#!/usr/bin/env bash
# Have a container engine that answers and can build images, with BuildKit where it can be had.
#
#   engine.sh         make sure of it: returns at once where an engine already answers
#   engine.sh stop    end the engine that this script started, and no other
#
# Made for a bare Debian without systemd, such as a CI container with root: elsewhere it only says what is missing.
set -euo pipefail

state="${TOUCHLINE_CACHE:-$HOME/.cache/touchline}/docker"
pidfile="$state/dockerd.pid"
log="$state/dockerd.log"
plugins="${DOCKER_CONFIG:-$HOME/.docker}/cli-plugins"

say() { printf 'engine: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

answers() { timeout 10 docker info >/dev/null 2>&1; }
# The pid file may outlive its process and the number be another's by now: ours names that file on its command line.
ours_runs() { [[ -s $pidfile ]] && grep -qsF -- "$pidfile" "/proc/$(cat "$pidfile")/cmdline"; }

install_packages() {
  local package missing=()
  for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  ((${#missing[@]})) || return 0
  say "installing ${missing[*]}"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "${missing[@]}" >/dev/null
}

start() {
  ours_runs && return 0
  # Left by a machine that was cut off: dockerd refuses to start while any process has the number in it.
  rm -f "$pidfile"
  say "starting dockerd, log in $log"
  setsid nohup dockerd --pidfile "$pidfile" >"$log" 2>&1 </dev/null &
}

wait_until_it_answers() {
  local _
  for _ in $(seq 60); do
    answers && return 0
    sleep 0.5
  done
  tail -n 20 "$log" >&2
  die "dockerd does not answer after 30 s"
}

# Debian 12 has no buildx; the one of Debian 13 is a static Go program and runs there. The newer suite is read from
# lists of its own, so that the machine's package sources stay as they are.
download_buildx_of_trixie() {
  local work=$1 mirror="${DEBIAN_MIRROR:-http://deb.debian.org/debian}" apt
  mkdir -p "$work/lists/partial"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror trixie main" >"$work/sources.list"
  apt=(apt-get -qq -o "Dir::Etc::sourcelist=$work/sources.list" -o Dir::Etc::sourceparts=-
    -o "Dir::State::lists=$work/lists" -o APT::Sandbox::User=root)
  (cd "$work" && "${apt[@]}" update && "${apt[@]}" download docker-buildx && dpkg-deb -x docker-buildx_*.deb root) >&2
}

add_buildx() {
  docker buildx version >/dev/null 2>&1 && return 0
  command -v dpkg-deb >/dev/null || return 1
  say "fetching the buildx plugin"
  local work done=1
  work=$(mktemp -d)
  download_buildx_of_trixie "$work" && mkdir -p "$plugins" &&
    install -m 755 "$work"/root/usr/libexec/docker/cli-plugins/docker-buildx "$plugins/docker-buildx" &&
    docker buildx version >/dev/null 2>&1 && done=0
  rm -rf "$work"
  return "$done"
}

stop() {
  ours_runs || { say "no engine of ours runs"; return 0; }
  local pid _
  pid=$(cat "$pidfile")
  kill "$pid"
  for _ in $(seq 60); do
    [[ -d /proc/$pid ]] || return 0
    sleep 0.5
  done
  die "dockerd ($pid) has not ended after 30 s"
}

main() {
  mkdir -p "$state"
  if ! answers; then
    [[ $(id -u) == 0 && -x /usr/bin/apt-get ]] ||
      die "no container engine answers: start one (Docker Desktop, or 'systemctl start docker') and try again"
    install_packages docker.io iptables
    start
    wait_until_it_answers
  fi
  add_buildx || say "no buildx plugin to be had: images are built by the classic builder, without a package cache"
  docker version --format 'engine {{.Server.Version}}, client {{.Client.Version}}' >&2
}

case "${1:-}" in
  "") main ;;
  stop) stop ;;
  *) die "unknown argument '$1': none, or stop" ;;
esac
