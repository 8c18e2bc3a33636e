package dev.bumpless.simulator;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What was measured, beside what was aimed at; each is shown as soon as it is known. */
final class Figures {
  private final PrintStream progress;
  private final List<Figure> all = new ArrayList<>();

  Figures(PrintStream progress) {
    this.progress = progress;
  }

  /**
   * A row.
   *
   * @param aim for a person; empty where there is none
   */
  private record Figure(String what, double value, String aim, boolean isMissed) {
    String row() {
      String text =
          value == Math.rint(value)
              ? String.format(Locale.ROOT, "%,.0f", value)
              : String.format(Locale.ROOT, "%,.2f", value);
      return "| %s | %s | %s | %s |"
          .formatted(what, text, aim, aim.isEmpty() ? "" : isMissed ? "**missed**" : "met");
    }
  }

  void tell(String what, double value) {
    add(new Figure(what, value, "", false));
  }

  void tell(String what, long value) {
    tell(what, (double) value);
  }

  void bound(String what, double value, double most) {
    add(new Figure(what, value, String.format(Locale.ROOT, "≤ %.0f", most), value > most));
  }

  void same(String what, long value, long wanted) {
    add(
        new Figure(
            what, (double) value, String.format(Locale.ROOT, "%,d", wanted), value != wanted));
  }

  private void add(Figure figure) {
    progress.println("fleet: " + figure.row());
    all.add(figure);
  }

  boolean isMissed() {
    return all.stream().anyMatch(Figure::isMissed);
  }

  /** In Markdown. */
  List<String> table() {
    List<String> lines = new ArrayList<>(List.of("| | | aim | |", "|---|---:|---:|---|"));
    all.forEach(figure -> lines.add(figure.row()));
    return lines;
  }
}
