#!/usr/bin/env bash
# supervise.sh PIDFILE COMMAND…: starts the command again whenever it ends, as systemd would
# (Restart=always), later and later if it will not stay up. SIGTERM ends both.
pidfile=$1
shift
child=
trap '[ -z "$child" ] || { kill "$child" 2>/dev/null; wait "$child"; }; rm -f "$pidfile"; exit 0' TERM INT
pause=0.2
while :; do
  began=$SECONDS
  "$@" &
  child=$!
  echo "$child" >"$pidfile.new" && mv "$pidfile.new" "$pidfile"
  wait "$child"
  echo "$(date -u +%FT%TZ) $1 ended with $?; starting it again in $pause s"
  if [ $((SECONDS - began)) -ge 2 ]; then pause=0.2; elif [ $pause = 0.2 ]; then pause=1; else pause=5; fi
  child=
  sleep "$pause" &
  wait $!
done
