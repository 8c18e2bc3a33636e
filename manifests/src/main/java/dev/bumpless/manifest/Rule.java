package dev.bumpless.manifest;

import dev.bumpless.manifest.Finding.Severity;
import java.util.Locale;

/** What {@link Lint} looks for; the constant in lower case with dashes is its id. */
public enum Rule {
  /** An engine's control socket is mounted, or a folder that holds it: whoever has it is root. */
  DOCKER_SOCKET(Severity.ERROR, true),
  PRIVILEGED(Severity.ERROR, true),
  HOST_NETWORK(Severity.ERROR, true),
  HOST_PATH(Severity.ERROR, true),
  DANGEROUS_CAPABILITY(Severity.ERROR, true),
  MEMORY_LIMIT(Severity.ERROR, true),
  /** Both slots would write to a volume, and the manifest does not say so. */
  SHARED_VOLUME(Severity.ERROR, false),
  /** Both slots would open a device that only one can have. */
  EXCLUSIVE_DEVICE(Severity.ERROR, false),
  READ_ONLY_ROOT(Severity.ADVICE, true),
  NON_ROOT_USER(Severity.ADVICE, true),
  CPU_LIMIT(Severity.ADVICE, true);

  private final Severity severity;
  private final boolean waivable;

  Rule(Severity severity, boolean waivable) {
    this.severity = severity;
    this.waivable = waivable;
  }

  /** As it stands in {@code waivers}. */
  public String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  boolean isWaivable() {
    return waivable;
  }

  Severity severity(SecurityPolicy policy) {
    return policy == SecurityPolicy.STRICT ? Severity.ERROR : severity;
  }
}
