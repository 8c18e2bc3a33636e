package dev.bumpless.rig;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bumpless.ledger.Ledger;
import dev.bumpless.ledger.LedgerReport;
import dev.bumpless.ledger.Shape;
import dev.bumpless.manifest.App;
import dev.bumpless.protocol.AppReport;
import dev.bumpless.protocol.Phase;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Releases that are no good: the old one keeps serving, no client sees it, the report says why. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadReleaseIT {
  /**
   * What the warm slot answers when a process dies with it under way. The rest, which must not be
   * sent twice or is the process's own connection, is gone with it.
   */
  private static final Set<Shape> REPEATABLE =
      EnumSet.of(Shape.NEW, Shape.KEEPALIVE, Shape.PIPELINED, Shape.IDLE);

  @TempDir private static Path folder;

  private RigDevice device;

  @BeforeAll
  void serveSomethingGood() throws Exception {
    device = RigDevice.start(folder);
    assertThat(device.swap(device.app("good", "ok")).phase()).isEqualTo(Phase.COMMITTED);
  }

  @AfterAll
  void close() throws Exception {
    device.close();
  }

  /** A way to be bad, and what the report's message has to tell, as a regular expression. */
  private record Bad(String name, Function<RigDevice, App> app, String message) {
    static Bad mode(String mode, String message) {
      return new Bad(mode, device -> device.app("bad", mode), message);
    }

    boolean diesServing() {
      return name.startsWith("mortal");
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static List<Bad> badReleases() {
    return List.of(
        Bad.mode("deaf", "(?is).*(refused|connect).*"),
        Bad.mode("500", "(?s).*500.*"),
        Bad.mode("exit", "(?is).*exit.*3.*"),
        Bad.mode("oom", "(?is).*memory.*"),
        Bad.mode("mortal:500", "(?is).*after the flip.*(exit|restart).*"),
        new Bad("missing image", device -> device.missing("bad"), "(?is).*sha256:0000.*"));
  }

  @ParameterizedTest
  @MethodSource("badReleases")
  void leavesTheOldOneServing(Bad bad) throws Exception {
    try (Ledger ledger = Ledger.start(Loads.allShapes(device.load(), 20))) {
      AppReport report = device.swap(bad.app.apply(device));
      LedgerReport load = ledger.stop();

      assertThat(report.phase()).as("%s", report).isIn(Phase.ROLLED_BACK, Phase.REJECTED);
      assertThat(report.message()).matches(bad.message);
      String table = Loads.describe(bad.name, load, folder);
      for (Shape shape : Shape.values()) {
        if (!bad.diesServing() || REPEATABLE.contains(shape)) {
          assertThat(load.of(shape).lost()).as(table).isZero();
        }
      }
      assertThat(device.ask()).contains("\"version\":\"good\"");
      assertThat(device.containers()).isEqualTo(1);
    }
  }
}
