package dev.bumpless.agent.docker;

import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An IPv4 network in CIDR notation, {@code 172.30.1.0/24}.
 *
 * @param base first address, as an unsigned 32-bit number
 * @param prefix 0 to 32
 */
public record Subnet(long base, int prefix) {
  private static final Pattern CIDR =
      Pattern.compile("(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})/(\\d{1,2})");

  public Subnet {
    if (prefix < 0 || prefix > 32 || base != (base & mask(prefix))) {
      throw new IllegalArgumentException(
          text(base) + "/" + prefix + " is no network: address bits below the prefix are set");
    }
  }

  /** Throws IllegalArgumentException with what was expected. */
  public static Subnet parse(String text) {
    Matcher match = CIDR.matcher(text);
    if (!match.matches()) {
      throw new IllegalArgumentException("'" + text + "' is no subnet: expected 172.30.1.0/24");
    }
    long address = 0;
    for (int group = 1; group <= 4; group++) {
      int octet = Integer.parseInt(match.group(group));
      if (octet > 255) {
        throw new IllegalArgumentException(
            "'" + text + "' is no subnet: " + octet + " is over 255");
      }
      address = address << 8 | octet;
    }
    return new Subnet(address, Integer.parseInt(match.group(5)));
  }

  boolean overlaps(Subnet other) {
    long common = mask(Math.min(prefix, other.prefix));
    return (base & common) == (other.base & common);
  }

  /** How many addresses it has, the two that no container can have included. */
  long size() {
    return 1L << (32 - prefix);
  }

  Subnet lowerHalf() {
    return new Subnet(base, prefix + 1);
  }

  Subnet upperHalf() {
    return new Subnet(base + size() / 2, prefix + 1);
  }

  /** The host's own address on it: the first. */
  String gateway() {
    return text(base + 1);
  }

  /** The lowest address for a container that is not taken. */
  Optional<String> lowestFree(Predicate<String> taken) {
    for (long address = base + 2; address < base + size() - 1; address++) {
      if (!taken.test(text(address))) {
        return Optional.of(text(address));
      }
    }
    return Optional.empty();
  }

  /** The lowest part of this that has room for so many containers and that is not taken. */
  Optional<Subnet> lowestFreePart(int containers, Predicate<Subnet> taken) {
    int partPrefix = 29;
    while (1L << (32 - partPrefix) < containers + 3L) {
      partPrefix--;
    }
    if (partPrefix < prefix) {
      return Optional.empty();
    }
    for (long at = base; at < base + size(); at += 1L << (32 - partPrefix)) {
      Subnet part = new Subnet(at, partPrefix);
      if (!taken.test(part)) {
        return Optional.of(part);
      }
    }
    return Optional.empty();
  }

  private static long mask(int prefix) {
    return prefix == 0 ? 0 : 0xFFFFFFFFL << (32 - prefix) & 0xFFFFFFFFL;
  }

  private static String text(long address) {
    return (address >> 24 & 255)
        + "."
        + (address >> 16 & 255)
        + "."
        + (address >> 8 & 255)
        + "."
        + (address & 255);
  }

  @Override
  public String toString() {
    return text(base) + "/" + prefix;
  }
}
