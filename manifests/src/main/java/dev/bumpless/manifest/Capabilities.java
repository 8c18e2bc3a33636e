package dev.bumpless.manifest;

import dev.bumpless.manifest.shape.Nearest;
import dev.bumpless.manifest.yaml.Problem;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Linux capabilities, after capabilities(7), without {@code CAP_}. */
final class Capabilities {
  static final String ALL = "ALL";

  /** What {@code capAdd} and {@code capDrop} may name. */
  static final List<String> KNOWN =
      List.of(
          ALL,
          "AUDIT_CONTROL",
          "AUDIT_READ",
          "AUDIT_WRITE",
          "BLOCK_SUSPEND",
          "BPF",
          "CHECKPOINT_RESTORE",
          "CHOWN",
          "DAC_OVERRIDE",
          "DAC_READ_SEARCH",
          "FOWNER",
          "FSETID",
          "IPC_LOCK",
          "IPC_OWNER",
          "KILL",
          "LEASE",
          "LINUX_IMMUTABLE",
          "MAC_ADMIN",
          "MAC_OVERRIDE",
          "MKNOD",
          "NET_ADMIN",
          "NET_BIND_SERVICE",
          "NET_BROADCAST",
          "NET_RAW",
          "PERFMON",
          "SETFCAP",
          "SETGID",
          "SETPCAP",
          "SETUID",
          "SYSLOG",
          "SYS_ADMIN",
          "SYS_BOOT",
          "SYS_CHROOT",
          "SYS_MODULE",
          "SYS_NICE",
          "SYS_PACCT",
          "SYS_PTRACE",
          "SYS_RAWIO",
          "SYS_RESOURCE",
          "SYS_TIME",
          "SYS_TTY_CONFIG",
          "WAKE_ALARM");

  /** Each is a known way out of a container, or into the host's kernel, disks or network. */
  static final Set<String> DANGEROUS =
      Set.of(
          ALL,
          "BPF",
          "CHECKPOINT_RESTORE",
          "DAC_READ_SEARCH",
          "MAC_ADMIN",
          "MAC_OVERRIDE",
          "NET_ADMIN",
          "PERFMON",
          "SYS_ADMIN",
          "SYS_BOOT",
          "SYS_MODULE",
          "SYS_PTRACE",
          "SYS_RAWIO");

  /** What Docker gives and an app does not need. */
  private static final Set<String> DROPPED =
      Set.of("AUDIT_WRITE", "MKNOD", "NET_RAW", "SETFCAP", "SYS_CHROOT");

  private Capabilities() {}

  static void check(String name) {
    InvalidManifestException.check(
        KNOWN.contains(name),
        "%s is no capability%s",
        Problem.quote(name),
        name.startsWith("CAP_") ? ": write it without CAP_" : "; " + Nearest.hint(name, KNOWN));
  }

  static Set<String> dropped(Container.Security security, SecurityPolicy policy) {
    if (policy == SecurityPolicy.STRICT || security.capDrop().contains(ALL)) {
      return Set.of(ALL);
    }
    if (security.capAdd().contains(ALL)) {
      return security.capDrop();
    }
    Set<String> dropped = new TreeSet<>(DROPPED);
    dropped.removeAll(security.capAdd());
    dropped.addAll(security.capDrop());
    return Ordered.set(dropped);
  }
}
