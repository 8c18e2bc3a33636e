# A free range of addresses for a device's bridge network. Sourced after common.sh.

to_number() { # 172.30.1.0
  local a b c d
  IFS=. read -r a b c d <<<"$1"
  echo $(((a << 24) + (b << 16) + (c << 8) + d))
}

# Every range that the host routes or a Docker network has, as NUMBER PREFIX-LENGTH.
ranges_in_use() {
  local subnet destination mask length
  docker network ls -q | xargs -r docker network inspect -f '{{range .IPAM.Config}}{{println .Subnet}}{{end}}' |
    grep -E '^[0-9.]+/[0-9]+$' | while IFS=/ read -r subnet length; do
    echo "$(to_number "$subnet") $length"
  done
  # Little-endian hex; the default route is no range.
  tail -n +2 /proc/net/route | while read -r _ destination _ _ _ _ _ mask _; do
    [ "$mask" = 00000000 ] && continue
    length=0
    mask=$((16#$mask))
    while [ "$mask" -gt 0 ]; do
      length=$((length + (mask & 1)))
      mask=$((mask >> 1))
    done
    echo "$((16#${destination:6:2}${destination:4:2}${destination:2:2}${destination:0:2})) $length"
  done
}

# free_subnet N: the first free /24 with N in its third place.
free_subnet() {
  local used candidate number start length shift taken
  used=$(ranges_in_use)
  for candidate in 172.30.$1.0 172.29.$1.0 172.28.$1.0 10.213.$1.0 10.214.$1.0; do
    number=$(to_number "$candidate")
    taken=
    while read -r start length; do
      [ -n "$start" ] || continue
      shift=$((32 - (length < 24 ? length : 24)))
      [ $((number >> shift)) -ne $((start >> shift)) ] || taken=yes
    done <<<"$used"
    [ -n "$taken" ] || {
      echo "$candidate/24"
      return
    }
  done
  die "no free range of addresses for a bridge network; remove networks that nobody needs (docker network prune)"
}
