package dev.bumpless.manifest;

import java.util.Optional;

/**
 * A route of the app: where the router listens, and the container port that it feeds.
 *
 * @param address listening IPv4 address; empty for the device's default (0.0.0.0 unless configured)
 * @param listen 1 to 65535
 * @param target port in the container, 1 to 65535
 * @param modbus none: {@link ModbusLimits#DEFAULT}; for protocol modbus alone
 * @param udp none: {@link UdpFlows#DEFAULT}; for protocol udp alone
 */
public record Port(
    Optional<String> address,
    int listen,
    String container,
    int target,
    Protocol protocol,
    Optional<ModbusLimits> modbus,
    Optional<UdpFlows> udp) {
  static final String ADDRESS =
      "((25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])\\.){3}(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])";
  private static final String ANY = "0.0.0.0";

  /** What the router understands of the bytes. */
  public enum Protocol {
    HTTP,
    MODBUS,
    TCP,
    UDP
  }

  public Port {
    Limits.check("listen", listen, Limits.PORT);
    Limits.check("target", target, Limits.PORT);
    InvalidManifestException.check(
        address.stream().allMatch(a -> a.matches(ADDRESS)),
        "address %s is no IPv4 address",
        address.orElse(""));
    InvalidManifestException.check(
        modbus.isEmpty() || protocol == Protocol.MODBUS,
        "only protocol modbus has limits of modbus, and port %d has protocol %s",
        listen,
        protocol);
    InvalidManifestException.check(
        udp.isEmpty() || protocol == Protocol.UDP,
        "only protocol udp has flows of udp, and port %d has protocol %s",
        listen,
        protocol);
  }

  /** With the usual limits and flows. */
  public Port(
      Optional<String> address, int listen, String container, int target, Protocol protocol) {
    this(address, listen, container, target, protocol, Optional.empty(), Optional.empty());
  }

  /** Whether the two cannot both listen on one device: a route is known by its address alone. */
  boolean clashesWith(Port other) {
    String mine = address.orElse(ANY);
    String theirs = other.address.orElse(ANY);
    boolean sameAddress = mine.equals(theirs) || mine.equals(ANY) || theirs.equals(ANY);
    return listen == other.listen && sameAddress;
  }
}
