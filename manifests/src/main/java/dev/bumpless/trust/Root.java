package dev.bumpless.trust;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Whom a device believes, for what: pinned on the device when it is enrolled. Its JSON is made by
 * {@code MessageCodec}.
 *
 * @param version 1 and up
 */
public record Root(int version, Map<Role, Rule> roles) {

  /** What a key may sign. No key has two roles: stealing one must not be enough to install. */
  public enum Role {
    /** What may run: made offline. */
    RELEASE,
    /** What one device shall do: made by the controller. */
    ORDER
  }

  /**
   * @param threshold how many distinct keys have to sign, 1 to the number of keys
   */
  public record Rule(List<TrustedKey> keys, int threshold) {
    public Rule {
      keys = List.copyOf(keys);
      if (Set.copyOf(keys).size() != keys.size()) {
        throw new IllegalArgumentException("a trust root names a key twice for one role");
      }
      if (threshold < 1 || threshold > keys.size()) {
        throw new IllegalArgumentException(
            "threshold " + threshold + ": expected 1 to " + keys.size() + ", the number of keys");
      }
    }
  }

  public Root {
    roles = Map.copyOf(roles);
    if (version < 1) {
      throw new IllegalArgumentException("trust root version " + version + ": expected 1 or more");
    }
    Set<TrustedKey> seen = new HashSet<>();
    for (Role role : Role.values()) {
      Rule rule = roles.get(role);
      if (rule == null) {
        throw new IllegalArgumentException("a trust root without the role " + role);
      }
      for (TrustedKey key : rule.keys()) {
        if (!seen.add(key)) {
          throw new IllegalArgumentException("key " + key.id() + " has two roles; expected one");
        }
      }
    }
  }

  /** The smallest root: one key for each role. */
  public static Root of(TrustedKey release, TrustedKey order) {
    return new Root(
        1,
        Map.of(
            Role.RELEASE, new Rule(List.of(release), 1), Role.ORDER, new Rule(List.of(order), 1)));
  }

  Rule rule(Role role) {
    Rule rule = roles.get(role);
    if (rule == null) {
      throw new IllegalStateException("the constructor lets no root pass without " + role);
    }
    return rule;
  }

  boolean knows(String keyId) {
    return roles.values().stream()
        .flatMap(rule -> rule.keys().stream())
        .map(TrustedKey::id)
        .collect(Collectors.toSet())
        .contains(keyId);
  }
}
