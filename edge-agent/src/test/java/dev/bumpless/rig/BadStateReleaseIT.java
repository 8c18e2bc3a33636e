package dev.bumpless.rig;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bumpless.manifest.App;
import dev.bumpless.protocol.AppReport;
import dev.bumpless.protocol.Phase;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BiFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Versions to which the state did come in the rehearsal and does not in the hold: the old one
 * counts on where it was, its client sees nothing, the report names the cause.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadStateReleaseIT {
  @TempDir private static Path folder;

  private RigDevice device;
  private CountingClient client;
  private int version = 1;

  /**
   * @param app of a device, of a version
   * @param message what the report has to tell, as a regular expression
   */
  private record Fault(String name, BiFunction<RigDevice, Integer, App> app, String message) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static List<Fault> faults() {
    return List.of(
        new Fault(
            "the import fails",
            (device, version) -> CounterApps.failingImport(device, version, "refuses"),
            "(?s).*import '/app load' in container 'web' of swapped:green/0 ended with 1.*"),
        new Fault(
            "the digest differs",
            (device, version) -> CounterApps.failingHttp(device, version, "alters", "10s"),
            "(?s).*PUT .*was answered well, and GET there then gave another state.*"),
        new Fault(
            "the hold overruns",
            (device, version) -> CounterApps.failingHttp(device, version, "stalls", "3s"),
            "(?s).*PUT .* within .*"),
        new Fault(
            "the disk is full during the export",
            CounterApps::dumping,
            "(?s).*export '/app dump' in container 'web' of swapped:blue/0 ended with 1;"
                + ".*No space left on device.*"));
  }

  @BeforeAll
  void serveSomethingGood() throws Exception {
    device = RigDevice.of(folder, CounterApps.images(folder));
    device.makeSmallVolume(CounterApps.DUMP_VOLUME, "1m");
    assertThat(device.swap(CounterApps.withRoomToDump(device, version)).phase())
        .isEqualTo(Phase.COMMITTED);
    client = CountingClient.start(device.port());
  }

  @AfterAll
  void close() throws Exception {
    client.close();
    device.close();
    assertThat(client.troubles()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("faults")
  void leaves_the_old_one_counting(Fault fault) throws Exception {
    long holds = device.holds();
    AppReport report = device.swap(fault.app.apply(device, ++version));

    System.out.println(fault + ": " + report.phase() + ": " + report.message());
    assertThat(report.phase()).as("%s", report).isEqualTo(Phase.ROLLED_BACK);
    assertThat(report.message()).matches(fault.message);
    assertThat(device.holds()).as("holds").isGreaterThan(holds);
    client.awaitMore();
    assertThat(client.troubles()).isEmpty();
    device.awaitContainers(1);
  }
}
