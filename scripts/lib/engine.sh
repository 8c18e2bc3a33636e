# The Docker engine and the registry of this machine. Sourced after common.sh and install.sh.

registry_address=127.0.0.1:5000

# The docker command, through sudo where this user may not use the socket.
docker_() {
  if [ -w /var/run/docker.sock ] || [ "$(id -u)" -eq 0 ]; then
    docker "$@"
  else
    as_root docker "$@"
  fi
}

engine_answers() { docker_ version --format '{{.Server.Version}}' >/dev/null 2>&1; }

# Installs and starts the engine where it is not running: by systemd, or else in the background.
need_engine() {
  need_docker
  engine_answers && return
  if [ -d /run/systemd/system ]; then
    as_root systemctl start docker
  else
    say "starting dockerd in the background (log: /var/log/dockerd.log)"
    as_root rm -f /var/run/docker.pid
    as_root sh -c 'setsid dockerd </dev/null >>/var/log/dockerd.log 2>&1 &'
  fi
  await 60 "the Docker engine; see /var/log/dockerd.log" engine_answers
}

registry_answers() { http_ok "http://$registry_address/v2/"; }

# run_registry FOLDER: starts a registry on loopback with its data there, unless one answers already.
# Leaves the pid in FOLDER/registry.pid if it started one.
run_registry() {
  local folder=$1
  registry_answers && return
  need_registry
  registry_answers && return # the package's own service
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

# Runs a command as this user with the right to use the engine's socket.
with_engine() {
  if [ -w /var/run/docker.sock ]; then
    "$@"
  else
    sudo -E -u "$(id -un)" -g docker env "PATH=$PATH" "$@"
  fi
}

# Stops an engine that need_engine started in the background and systemd does not look after.
stop_engine() {
  local pid
  [ ! -d /run/systemd/system ] && pid=$(cat /var/run/docker.pid 2>/dev/null) || return 0
  say "stopping dockerd"
  as_root kill "$pid"
  await 30 "the end of dockerd" test ! -e "/proc/$pid"
}
