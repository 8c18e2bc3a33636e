# Shared by the scripts: words to the person who runs them, and paths. Sourced, never run.
# All words go to standard error, so that standard output holds results alone.

PATH=$PATH:/usr/sbin:/sbin # dockerd and iptables live there, and a plain user lacks it

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

say() { printf '%s\n' "$*" >&2; }

die() {
  say "error: $*"
  exit 1
}

# The head of the script that sources this is its usage.
print_usage() { sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$script"; }

# usage [WHAT-IS-WRONG]: the answer to a wrong call.
usage() {
  [ $# -eq 0 ] || say "error: $*"
  print_usage >&2
  exit 2
}

help_if_asked() { # ARGUMENT…
  local argument
  for argument in "$@"; do
    case $argument in -h | --help) print_usage && exit 0 ;; esac
  done
}

# Runs a command as root: directly, or through sudo.
as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

# need_root WHAT-FOR: ends the script where nothing can be done as root.
need_root() {
  [ "$(id -u)" -eq 0 ] || command -v sudo >/dev/null ||
    die "$* needs root, and there is no sudo. Run this as root, or install sudo."
}

maven() { # the reset code that Maven ends with is no use to anybody
  MAVEN_OPTS="${MAVEN_OPTS:-} -Djansi.mode=strip -Djansi.noreset=true" mvn -B -ntp "$@"
}

# Runs a command whose words matter only if it fails.
quietly() {
  local words code=0
  words=$("$@" 2>&1) || code=$?
  [ $code -eq 0 ] || say "$words"
  return $code
}

# await SECONDS WHAT COMMAND…: until the command succeeds; fails, naming WHAT, when time is over.
await() {
  local deadline=$((SECONDS + $1)) what=$2
  shift 2
  until "$@" >/dev/null 2>&1; do
    if [ "$SECONDS" -ge "$deadline" ]; then
      say "error: waited in vain for $what"
      return 1
    fi
    sleep 0.1
  done
}

is_taken() { (exec 3<>"/dev/tcp/${1%:*}/${1##*:}") 2>/dev/null; } # ADDRESS:PORT

# http_ok URL: whether it answers with a 2xx. Needs no program but bash; a subshell, since whoever
# accepts and hangs up would end the script with SIGPIPE.
http_ok() (
  rest=${1#http://}
  address=${rest%%/*}
  line=
  exec 3<>"/dev/tcp/${address%:*}/${address##*:}" || exit 1
  printf 'GET /%s HTTP/1.0\r\nHost: %s\r\n\r\n' "${rest#*/}" "$address" >&3
  read -r -t 5 line <&3
  [[ $line == HTTP/1.?\ 2* ]]
) 2>/dev/null
