package dev.bumpless.agent.docker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The networks that the host itself routes to, from {@code /proc/net/route}. */
final class HostRoutes {
  private static final Path TABLE = Path.of("/proc/net/route");

  private HostRoutes() {}

  /**
   * One IPv4 route.
   *
   * @param device the interface: {@code eth0}
   */
  record Route(Subnet destination, String device) {}

  /** All but the default route; empty where the table cannot be read. */
  static List<Route> read() {
    try {
      return parse(Files.readAllLines(TABLE));
    } catch (IOException e) {
      return List.of();
    }
  }

  static List<Route> parse(List<String> lines) {
    List<Route> routes = new ArrayList<>();
    for (String line : lines) {
      String[] fields = line.trim().split("\\s+", -1);
      if (fields.length < 8 || !fields[1].matches("[0-9A-F]{8}")) {
        continue;
      }
      int prefix = Long.bitCount(Long.parseLong(fields[7], 16));
      if (prefix > 0) {
        routes.add(new Route(new Subnet(address(fields[1]), prefix), fields[0]));
      }
    }
    return routes;
  }

  /** The kernel prints the bytes of the address as a number of the host: little end first. */
  private static long address(String hex) {
    return Integer.toUnsignedLong(Integer.reverseBytes(Integer.parseUnsignedInt(hex, 16)));
  }
}
