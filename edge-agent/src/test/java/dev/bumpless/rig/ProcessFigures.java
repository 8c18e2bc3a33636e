package dev.bumpless.rig;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** What the kernel says of a process, from {@code /proc} (proc(5)). */
public final class ProcessFigures {
  /** USER_HZ, which Linux fixes at 100 for all that /proc shows. */
  private static final long TICK_MILLIS = 10;

  private ProcessFigures() {}

  /** User and system time of all its threads so far, in steps of 10 ms. */
  public static Duration cpu(long pid) throws IOException {
    String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
    String[] behindName = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    long ticks = Long.parseLong(behindName[11]) + Long.parseLong(behindName[12]);
    return Duration.ofMillis(ticks * TICK_MILLIS);
  }

  /** Resident memory in bytes, pages shared with other processes counted in proportion. */
  public static long pssBytes(long pid) throws IOException {
    return rollup(pid, "Pss:");
  }

  /** Resident memory in bytes, shared pages counted in full. */
  public static long rssBytes(long pid) throws IOException {
    return rollup(pid, "Rss:");
  }

  private static long rollup(long pid, String name) throws IOException {
    List<String> lines = Files.readAllLines(Path.of("/proc/" + pid + "/smaps_rollup"));
    String line = lines.stream().filter(l -> l.startsWith(name)).findFirst().orElseThrow();
    return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
  }
}
