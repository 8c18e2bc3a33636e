package dev.bumpless.agent.docker;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Who listens on this machine, as {@code /proc/net/tcp} and {@code tcp6} tell it. */
final class Listeners {
  private static final String LISTEN = "0A";
  private static final int WORD = 8;

  private Listeners() {}

  /** {@code 0.0.0.0:80}, {@code [::]:80}; nothing where the kernel does not say. */
  static Set<String> read() {
    return Stream.of("/proc/net/tcp", "/proc/net/tcp6")
        .flatMap(file -> lines(Path.of(file)).stream())
        .collect(Collectors.collectingAndThen(Collectors.toList(), Listeners::parse));
  }

  static Set<String> parse(List<String> lines) {
    return lines.stream()
        // Thousands of lines are connections that ended a moment ago.
        .filter(line -> line.contains(" " + LISTEN + " "))
        .map(line -> line.strip().split("\\s+", -1))
        .filter(words -> words.length > 3 && words[3].equals(LISTEN))
        .map(words -> address(words[1]))
        .collect(Collectors.toSet());
  }

  /** {@code 0100007F:0050}: the words of the address are in the machine's order, little-endian. */
  private static String address(String hex) {
    int colon = hex.indexOf(':');
    byte[] bytes = new byte[colon / 2];
    for (int word = 0; word < colon; word += WORD) {
      byte[] four = HexFormat.of().parseHex(hex.substring(word, word + WORD));
      for (int i = 0; i < four.length; i++) {
        bytes[word / 2 + i] = four[four.length - 1 - i];
      }
    }
    int port = Integer.parseInt(hex.substring(colon + 1), 16);
    try {
      String host = InetAddress.getByAddress(bytes).getHostAddress();
      return (host.contains(":") ? "[" + host.replaceFirst("^0(:0){7}$", "::") + "]" : host)
          + ":"
          + port;
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address of " + bytes.length + " bytes", e);
    }
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      return List.of();
    }
  }
}
