#!/usr/bin/env bash
# A real Docker Engine on a Debian machine that has none: engine.sh start|stop, as root.
# An engine that answers is left alone, and stop ends only the one that start began. Packages come from the
# machine's own Debian sources; compose and buildx, which bookworm lacks, from the same address's trixie.
set -euo pipefail

RUN=/run/boathouse-engine
LOG=/var/log/boathouse-engine.log
PLUGINS=/usr/local/lib/docker/cli-plugins

say() { echo "engine: $*" >&2; }

answers() { command -v docker >/dev/null && docker version --format '{{.Server.Version}}' >/dev/null 2>&1; }

debian() { # the address of this machine's own Debian archive
  apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' 'Label: Debian' | head -1
}

install_engine() {
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null ||
    { say "no Docker Engine answers, and only root on Debian can install one here; install Docker, or start it"; exit 1; }
  local missing=()
  command -v dockerd >/dev/null || missing+=(docker.io)
  command -v iptables >/dev/null || missing+=(iptables)
  [ -e /etc/ssl/certs/ca-certificates.crt ] || missing+=(ca-certificates)
  [ ${#missing[@]} = 0 ] && return
  say "installing ${missing[*]}"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

install_plugins() {
  docker compose version >/dev/null 2>&1 && docker buildx version >/dev/null 2>&1 && return
  say "installing docker compose and buildx from trixie"
  local work keyring=/usr/share/keyrings/debian-archive-keyring.gpg
  work=$(mktemp -d)
  chmod 755 "$work" # apt's own user reads here
  apt-get update -qq
  mkdir -p "$work/lists/partial" "$work/cache/archives/partial" "$work/parts"
  printf 'Types: deb\nURIs: %s\nSuites: trixie\nComponents: main\nSigned-By: %s\n' "$(debian)" "$keyring" \
    >"$work/trixie.sources"
  local options=(-o "Dir::Etc::sourcelist=$work/trixie.sources" -o "Dir::Etc::sourceparts=$work/parts"
    -o "Dir::State::lists=$work/lists" -o "Dir::Cache=$work/cache" -o "APT::Sandbox::User=root")
  (
    cd "$work"
    apt-get -qq "${options[@]}" update
    apt-get -qq "${options[@]}" download docker-compose docker-buildx
    for package in docker-compose_*.deb docker-buildx_*.deb; do dpkg -x "$package" unpacked; done
    mkdir -p "$PLUGINS"
    find unpacked -path '*/cli-plugins/docker-*' -exec install -m 755 {} "$PLUGINS" \;
  )
  rm -rf "$work"
  docker compose version >&2
}

start() {
  if ! command -v debootstrap >/dev/null && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq # the stand-ins are made with it
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends debootstrap >/dev/null
  fi
  if ! answers; then
    install_engine
    say "starting dockerd; it logs to $LOG"
    mkdir -p "$RUN"
    # An engine that was killed leaves its pid files, and the next one would not start.
    for held in /var/run/docker.pid /run/docker/containerd/containerd.pid; do
      [ -e "$held" ] && ! kill -0 "$(cat "$held")" 2>/dev/null && rm -f "$held"
    done
    setsid nohup dockerd >"$LOG" 2>&1 </dev/null &
    echo $! >"$RUN/pid"
    for _ in $(seq 120); do
      answers && break
      kill -0 "$(cat "$RUN/pid")" 2>/dev/null || { tail -20 "$LOG" >&2; say "dockerd ended; its last words are above"; exit 1; }
      sleep 0.5
    done
    answers || { tail -20 "$LOG" >&2; say "dockerd does not answer after 60 s"; exit 1; }
  fi
  install_plugins
  say "Docker Engine $(docker version --format '{{.Server.Version}}') answers"
}

stop() {
  [ -e "$RUN/pid" ] || { say "none was started here"; return; }
  local pid
  pid=$(cat "$RUN/pid")
  if [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = dockerd ]; then
    kill "$pid"
    for _ in $(seq 120); do
      kill -0 "$pid" 2>/dev/null || break
      sleep 0.25
    done
  fi
  rm -rf "$RUN"
  say "stopped"
}

case "${1:-}" in
  start) start ;;
  stop) stop ;;
  *) echo "usage: engine.sh start|stop" >&2; exit 2 ;;
esac
