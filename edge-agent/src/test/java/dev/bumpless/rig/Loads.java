package dev.bumpless.rig;

import dev.bumpless.ledger.LedgerReport;
import dev.bumpless.ledger.Options;
import dev.bumpless.ledger.ReportText;
import dev.bumpless.ledger.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The loads of the tests. */
final class Loads {
  private Loads() {}

  /** All client shapes at once, {@code rate} requests a second of each; idle has 2. */
  static Options allShapes(Options target, double rate) {
    Options options =
        target.withTimes(Duration.ofSeconds(10), Duration.ofMillis(1200), Duration.ofSeconds(5));
    List<Shape> shapes = new ArrayList<>(List.of(Shape.values()));
    shapes.remove(Shape.IDLE);
    for (Shape shape : shapes) {
      options = options.with(shape, rate);
    }
    return options.with(Shape.IDLE, Options.IDLE_RATE);
  }

  /** The table, for the test's output and its folder. */
  static String describe(String what, LedgerReport report, Path folder) throws IOException {
    String text = what + "\n" + ReportText.of(report);
    Files.writeString(folder.resolve("ledger.txt"), text);
    return text;
  }
}
