# Background processes with pid files. Sourced after common.sh.
# Each runs in a session of its own, with no descriptor of the caller: `eval $(scripts/dev up D)`
# returns although they live on.

# start_detached PIDFILE LOG COMMAND…: the command's own pid is in PIDFILE when this returns.
start_detached() {
  local pidfile=$1 log=$2
  shift 2
  rm -f "$pidfile"
  setsid bash -c '
    for fd in /proc/self/fd/*; do
      fd=${fd##*/}
      [ "$fd" -le 2 ] || eval "exec $fd>&-"
    done
    echo $$ >"$0.new" && mv "$0.new" "$0"
    exec "$@"' "$pidfile" "$@" </dev/null >>"$log" 2>&1 &
  await 5 "a pid in $pidfile" test -s "$pidfile"
}

# running PIDFILE MARK: prints the pid if that process is alive and MARK is in its command line,
# so that a pid which the kernel gave to somebody else since is never taken for ours.
running() {
  local pid
  pid=$(cat "$1" 2>/dev/null) || return 1
  [[ $pid =~ ^[0-9]+$ ]] || return 1
  tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" | grep -qF -- "$2" || return 1
  echo "$pid"
}

# need_port ADDRESS:PORT: ends the script if it is taken, if it can with the name of the system that has it.
need_port() {
  local other
  is_taken "$1" || return 0
  other=$(cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\0' '\n' | sed -n 's|^\(/.*\)/controller\.yaml$|\1|p' | head -n 1)
  [ -z "$other" ] || die "$1 is taken, and there is a system in $other; 'scripts/dev down $other' stops it"
  die "$1 is taken by another program; stop that first"
}

gone() { [ ! -e "/proc/$1" ] || grep -q '^State:.Z' "/proc/$1/status" 2>/dev/null; }

# stop PIDFILE MARK [SECONDS]: asks, waits, then kills.
stop() {
  local pid
  pid=$(running "$1" "$2") || {
    rm -f "$1"
    return 0
  }
  kill "$pid" 2>/dev/null
  await "${3:-10}" "the end of process $pid" gone "$pid" 2>/dev/null || kill -9 "$pid" 2>/dev/null
  await 5 "the end of process $pid" gone "$pid"
  rm -f "$1"
}
