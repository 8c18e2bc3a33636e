# The Docker engine and the registry of this machine. Sourced after common.sh and install.sh.

registry_address=127.0.0.1:5000

started_engine=${BUMPLESS_STARTED_ENGINE:-}

engine_answers() { docker version >/dev/null 2>&1; }

# Installs and starts the engine where it is not running: by systemd, or else in the background.
# need_engine SCRIPT ARGUMENT…: where this user may not use the engine's socket, the script is run
# again with the docker group added, for this one run: so hold no lock meanwhile.
need_engine() {
  need_docker
  engine_answers && return
  need_root "the Docker engine's socket"
  if ! as_root docker version >/dev/null 2>&1; then
    start_engine
    await 60 "the Docker engine; see /var/log/dockerd.log" as_root docker version
  fi
  engine_answers && return
  [ -z "${BUMPLESS_WITH_DOCKER_GROUP:-}" ] || die "$(id -un) may not use /var/run/docker.sock"
  exec sudo env PATH="$PATH" HOME="$HOME" USER="$(id -un)" BUMPLESS_WITH_DOCKER_GROUP=yes \
    BUMPLESS_STARTED_ENGINE="$started_engine" \
    setpriv --reuid "$(id -u)" --regid "$(id -g)" \
    --groups "$(id -G | tr ' ' ,),$(stat -c %g /var/run/docker.sock)" -- "$@"
}

start_engine() {
  started_engine=yes
  if [ -d /run/systemd/system ]; then
    as_root systemctl start docker
    return
  fi
  say "starting dockerd in the background (log: /var/log/dockerd.log)"
  as_root rm -f /var/run/docker.pid
  as_root sh -c 'setsid dockerd </dev/null >>/var/log/dockerd.log 2>&1 8>&- 9>&- &'
}

# Removes the containers of tests that were interrupted, from an engine that need_engine started: they
# hold images that the next run expects to be gone.
remove_interrupted() {
  local left
  [ -n "$started_engine" ] || return 0
  left=$(docker ps --all --quiet --filter 'name=^test-[0-9a-f]{16}-')
  [ -z "$left" ] || say "removing containers of an interrupted run"
  # shellcheck disable=SC2086 # one word each
  [ -z "$left" ] || docker rm --force $left >/dev/null
}

registry_answers() { http_ok "http://$registry_address/v2/"; }

# run_registry FOLDER: starts a registry on loopback with its data there, unless one answers already.
# Leaves the pid in FOLDER/registry.pid if it started one.
run_registry() {
  local folder=$1
  registry_answers && return
  ! is_taken "$registry_address" ||
    die "$registry_address is taken by another program, or by a registry that wants a password (Debian's: systemctl disable --now docker-registry); stop that first"
  need_registry
  mkdir -p "$folder/data"
  cat >"$folder/config.yml" <<END
version: 0.1
log: { level: warn, accesslog: { disabled: true } }
storage: { filesystem: { rootdirectory: $folder/data }, delete: { enabled: true } }
http: { addr: $registry_address }
END
  start_detached "$folder/registry.pid" "$folder/registry.log" \
    docker-registry serve "$folder/config.yml"
  await 20 "the registry on $registry_address; see $folder/registry.log" registry_answers
}

# Stops an engine that need_engine started in the background, and no other.
stop_engine() {
  local pid
  [ -n "$started_engine" ] && [ ! -d /run/systemd/system ] && pid=$(cat /var/run/docker.pid 2>/dev/null) || return 0
  say "stopping dockerd"
  as_root sh -c "kill $pid" # no program of that name on a bare machine
  await 30 "the end of dockerd" gone "$pid" || true # told; it says nothing of what ran before
}
