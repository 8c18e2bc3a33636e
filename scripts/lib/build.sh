# Builds the programs of this checkout where they are missing or older than their sources, and keeps
# them unpacked as on a device. Sourced after common.sh and install.sh.

dist=$root/target/dist
dist_stamp=$root/target/dist.stamp

# Whether the unpacked programs are as new as every source.
is_built() {
  [ -e "$dist_stamp" ] && [ -x "$dist/bin/bumpless" ] && [ -z "$(
    cd "$root" && find pom.xml manifests edge-agent controller simulator packaging \
      \( -name target -o -path '*/src/test' \) -prune -o \
      -type f \( -path '*/src/main/*' -o -name pom.xml -o -path 'packaging/*' \) \
      -newer "$dist_stamp" -print -quit
  )" ]
}

# Builds without tests; only one build at a time, and those who waited for it find it done.
build() {
  is_built && return
  need_jdk
  need_maven
  mkdir -p "$root/target"
  (
    flock 9
    is_built && exit
    say "building (the first time takes a few minutes: Maven fetches its parts)"
    touch "$dist_stamp.new"
    (cd "$root" && maven -q -DskipTests package 9>&-) >&2 ||
      die "the build failed; 'mvn package' in $root shows why"
    rm -rf "$dist.new" && mkdir "$dist.new"
    tar -xzf "$root"/packaging/target/bumpless-*.tar.gz -C "$dist.new" --strip-components=1
    rm -rf "$dist" && mv "$dist.new" "$dist"
    mv "$dist_stamp.new" "$dist_stamp"
  ) 9>"$root/target/build.lock" || exit 1
}
