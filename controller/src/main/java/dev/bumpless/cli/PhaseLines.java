package dev.bumpless.cli;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Tells the phases of a rollout as they pass: one line a change. On a terminal a last line, drawn
 * over again and again, shows what each device is at and how far a pull is.
 */
final class PhaseLines {
  private static final int MAX_LIVE_WIDTH = 78;

  private final Terminal terminal;
  private final Map<String, Set<String>> told = new HashMap<>();
  private boolean drawn;

  PhaseLines(Terminal terminal) {
    this.terminal = terminal;
  }

  void show(Rollout rollout) {
    rollout.devices().forEach(this::tellNews);
    if (terminal.live() && !rollout.isDone()) {
      draw(rollout);
    }
  }

  /** A line of its own, whatever is being drawn. */
  void tell(String line) {
    clear();
    terminal.err().println(line);
  }

  void end() {
    clear();
    terminal.err().flush();
  }

  private void tellNews(Rollout.Device device) {
    Set<String> known = told.computeIfAbsent(device.name(), name -> new HashSet<>());
    for (Rollout.Step step : device.steps()) {
      boolean isNews = known.add("done " + step.name());
      if (isNews && (terminal.live() || !known.contains(step.name()))) {
        tell(line(device, step.name(), Durations.ofMillis(step.millis())));
        known.add(step.name());
      }
    }
    // On a terminal the phase at hand is in the line that is drawn over; it is told when it ends.
    if ((!terminal.live() || device.isFinal()) && known.add(device.phase())) {
      tell(line(device, device.phase(), device.message()));
    }
  }

  private static String line(Rollout.Device device, String phase, String more) {
    return String.format("%s  %-12s  %s", device.name(), phase, more).stripTrailing();
  }

  private void draw(Rollout rollout) {
    List<Rollout.Device> open =
        rollout.devices().stream().filter(device -> !device.isFinal()).toList();
    String text =
        open.stream()
            .map(d -> d.name() + " " + d.phase() + (d.pull().isEmpty() ? "" : " " + d.pull()))
            .collect(Collectors.joining(" · "));
    clear();
    terminal.err().print(text.substring(0, Math.min(text.length(), MAX_LIVE_WIDTH)));
    terminal.err().flush();
    drawn = true;
  }

  private void clear() {
    if (drawn) {
      terminal.err().print("\r\033[K");
      drawn = false;
    }
  }
}
