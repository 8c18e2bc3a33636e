package dev.bumpless.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;

/** The line that makes a figure worth something: what it was taken on, and when. */
final class Machine {
  private Machine() {}

  static String line() throws IOException {
    return "%s, %d cores, %d MB, load average %s, Linux %s, Java %s, %s"
        .formatted(
            processor(),
            Runtime.getRuntime().availableProcessors(),
            memoryMegabytes(),
            Files.readString(Path.of("/proc/loadavg")).split(" ", -1)[0],
            System.getProperty("os.version"),
            System.getProperty("java.version"),
            LocalDate.now(ZoneOffset.UTC));
  }

  private static String processor() throws IOException {
    return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
        .filter(l -> l.startsWith("model name") || l.startsWith("Model"))
        .map(l -> l.substring(l.indexOf(':') + 1).strip())
        .findFirst()
        .orElse(System.getProperty("os.arch"));
  }

  private static long memoryMegabytes() throws IOException {
    String total = Files.readAllLines(Path.of("/proc/meminfo")).get(0);
    return Long.parseLong(total.replaceAll("\\D", "")) / 1024;
  }
}
