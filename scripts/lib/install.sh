# Installs what a script needs and the machine lacks, with apt. Sourced after common.sh.

apt_updated=

apt_update_once() {
  [ -z "$apt_updated" ] || return 0
  quietly as_root apt-get update -qq || die "apt-get update failed; is the network there?"
  apt_updated=yes
}

apt_install() {
  command -v apt-get >/dev/null || die "$* missing and there is no apt-get here. Install it by hand and run this again."
  need_root "installing $*"
  say "installing $* (apt)"
  apt_update_once
  quietly as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "$@" || die "apt-get could not install $*"
}

# Installs programs whose packages also make services of them, and has systemd not run those: the
# scripts start them on ports and with settings of their own (Debian's registry wants a password).
apt_install_no_service() { # PACKAGE…, which is the name of its service too
  local package
  apt_install "$@"
  [ -d /run/systemd/system ] || return 0
  for package in "$@"; do
    quietly as_root systemctl disable --now "$package" || die "systemctl could not stop $package"
  done
}

# The first of the packages that this release of the distribution has.
apt_first_of() {
  local package
  need_root "installing $1"
  apt_update_once
  for package in "$@"; do
    if apt-cache show "$package" >/dev/null 2>&1; then
      apt_install "$package"
      return
    fi
  done
  die "none of these packages is known to apt: $*"
}

need_jdk() {
  local version
  if command -v javac >/dev/null; then
    version=$(javac -version 2>&1 | sed -n 's/^javac \([0-9]*\).*/\1/p')
    [ "${version:-0}" -lt 17 ] || return 0
  fi
  apt_first_of openjdk-17-jdk-headless openjdk-21-jdk-headless openjdk-25-jdk-headless
}

need_maven() {
  command -v mvn >/dev/null || apt_install maven
}

need_docker() {
  command -v dockerd >/dev/null || apt_install docker.io iptables ca-certificates
  # Debian 13 has the client in a package of its own.
  command -v docker >/dev/null || apt_install docker-cli
  command -v iptables >/dev/null || apt_install iptables
}

need_registry() {
  command -v docker-registry >/dev/null || apt_install_no_service docker-registry
}

need_npm() {
  command -v npm >/dev/null || apt_install npm
}

# With the compiler that its programs need.
need_libmodbus() {
  command -v gcc >/dev/null && [ -e /usr/include/stdio.h ] || apt_install gcc libc6-dev
  [ -e /usr/include/modbus/modbus.h ] || apt_install libmodbus-dev
}

# Modbus masters from npm, beside each other in edge-agent/target/npm. They fit together and run on
# Node 14 and newer, as Debian has it; later releases of node-red-contrib-modbus depend on a package
# that npm's registry does not have.
need_modbus_masters() {
  local folder=$root/edge-agent/target/npm
  local packages=(modbus-serial@8.0.25 node-red@3.1.15 node-red-contrib-modbus@5.23.3)
  [ "$(cat "$folder/installed" 2>/dev/null)" != "${packages[*]}" ] || return 0
  need_npm
  say "installing ${packages[*]} (npm)"
  rm -rf "$folder"
  mkdir -p "$folder"
  quietly npm install --silent --no-audit --no-fund --no-package-lock --ignore-scripts \
    --omit=optional --prefix "$folder" "${packages[@]}" || die "npm could not install them; is the network there?"
  printf %s "${packages[*]}" >"$folder/installed"
}

# What the tests use beside the engine: a compiler for the app that they swap, a shell for the
# images of the engine's contract, the broker that the transport has to get along with, the database
# of several controllers, and Modbus masters and servers that are not ours.
need_test_tools() {
  need_modbus_masters
  need_libmodbus
  [ -x /bin/busybox ] && ! ldd /bin/busybox >/dev/null 2>&1 || apt_install busybox-static
  [ -x /usr/sbin/mosquitto ] || apt_install_no_service mosquitto
  [ -d /usr/lib/postgresql ] || apt_install_no_service postgresql
  command -v mbpoll >/dev/null || apt_install mbpoll
  /usr/bin/python3 -c 'import pymodbus.client, pymodbus.server' 2>/dev/null ||
    apt_install python3-pymodbus python3-serial-asyncio
  need_registry
}

need_bench_tools() {
  need_test_tools
  command -v haproxy >/dev/null || apt_install_no_service haproxy
  command -v wrk >/dev/null || apt_install wrk
}
