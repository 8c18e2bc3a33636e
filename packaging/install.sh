#!/bin/sh
# Prepares this machine for the programs of this folder: the user, the default configuration, the
# systemd units. Starts nothing, overwrites no configuration; run it again after an upgrade.
#
# usage: install.sh device | controller
set -eu

home=$(CDPATH= cd -- "$(dirname -- "$(readlink -f -- "$0")")" && pwd)

die() {
  echo "error: $*" >&2
  exit 1
}

case ${1:-} in
  device) units="bumpless-router bumpless-agent" configuration=agent.yaml ;;
  controller) units=bumpless-controller configuration=controller.yaml ;;
  *) sed -n '2,5s/^# \{0,1\}//p' "$0" >&2 && exit 2 ;;
esac
[ "$(id -u)" -eq 0 ] || die "run this as root"
[ "$(readlink -f /opt/bumpless 2>/dev/null)" = "$home" ] ||
  die "the units run /opt/bumpless: ln -sfn $home /opt/bumpless"
java -version 2>&1 | grep -Eq 'version "(1[7-9]|[2-9][0-9])' ||
  die "no Java runtime from 17 on: apt install openjdk-17-jre-headless (Debian 13: openjdk-21-jre-headless)"
[ "$1" = controller ] || getent group docker >/dev/null ||
  die "there is no group docker: install the Docker engine first (apt install docker.io)"

getent passwd bumpless >/dev/null ||
  useradd --system --user-group --home-dir /var/lib/bumpless --no-create-home --shell /usr/sbin/nologin bumpless
install -d -m 0755 /etc/bumpless /var/lib/bumpless
if [ -e "/etc/bumpless/$configuration" ]; then
  echo "kept /etc/bumpless/$configuration"
else
  install -m 0640 -g bumpless "$home/etc/$configuration" "/etc/bumpless/$configuration"
  echo "new: /etc/bumpless/$configuration"
fi
for unit in $units; do
  install -m 0644 "$home/systemd/$unit.service" "/etc/systemd/system/$unit.service"
  echo "unit: $unit"
done
[ ! -d /run/systemd/system ] || systemctl daemon-reload
echo "next: docs/device.md tells what to put in, and how to start"
