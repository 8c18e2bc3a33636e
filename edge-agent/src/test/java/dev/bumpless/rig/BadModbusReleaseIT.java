package dev.bumpless.rig;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bumpless.agent.docker.TinyImage;
import dev.bumpless.ledger.modbus.Trouble;
import dev.bumpless.ledger.modbus.WriteLedger;
import dev.bumpless.ledger.modbus.WriteReport;
import dev.bumpless.protocol.AppReport;
import dev.bumpless.protocol.Phase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Versions of a Modbus server that are well by themselves and bad where state is brought to them:
 * the old one keeps serving, its masters stay connected and lose nothing, the report names the
 * cause.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadModbusReleaseIT {
  /**
   * How fast the good one counts by itself: what was copied live is out of date in every hold then,
   * and is written again there. A register has 16 bits, so the count lasts for two minutes.
   */
  private static final String TICK_MS = "2";

  @TempDir private static Path folder;

  private RigDevice device;
  private WriteLedger ledger;

  /**
   * As {@code unruly.c} knows them, with what the report has to tell, as a regular expression, and
   * whether it comes when everything went well up to the hold.
   */
  private enum Fault {
    EXCEPTIONS("(?s).*green/0 answered exception 04.*"),
    CUT("(?s).*green/0 did not answer within .*"),
    WRONG_ID("(?s).*green/0 answered transaction .*"),
    SLOW("(?s).*green/0 did not answer within .*"),
    LACKS("(?s).*green/0 lacks unit 1 holding 1000, which blue/0 has.*"),
    DRIFTS("(?s).*unit 1 holding 42 .*green/0.*"),
    DIES("(?s).*green/0 (failed|keeps restarting|was restarted|exited|closed).*", true),
    ALTERS("(?s).*unit 1 holding 1900 .*green/0.*", true),
    STALLS("(?s).*green/0 did not answer within .*", true);

    private final String message;
    private final boolean isInHold;

    Fault(String message) {
      this(message, false);
    }

    Fault(String message, boolean isInHold) {
      this.message = message;
      this.isInHold = isInHold;
    }

    String argument() {
      return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
  }

  @BeforeAll
  void serveSomethingGood() throws Exception {
    List<TinyImage> images = new ArrayList<>();
    images.add(with(ModbusServer.LIBMODBUS.image(1), TICK_MS));
    byte[] program = unruly();
    for (Fault fault : Fault.values()) {
      TinyImage image = TinyImage.ofProgram(program, fault.argument());
      List<String> command =
          List.of("/app", fault.argument(), "0.0.0.0", "" + ModbusServer.PORT, "2");
      images.add(new TinyImage(image.architecture(), command, image.layers()));
    }
    device = RigDevice.of(folder, images);
    assertThat(device.swap(ModbusApps.carried(device, 0)).phase()).isEqualTo(Phase.COMMITTED);
    ledger = ModbusApps.ledger(device);
  }

  private static TinyImage with(TinyImage image, String argument) {
    List<String> command = new ArrayList<>(image.command());
    command.add(argument);
    return new TinyImage(image.architecture(), command, image.layers());
  }

  private static byte[] unruly() throws Exception {
    Path source = Program.script(folder, "unruly.c");
    Path program = folder.resolve("unruly");
    Command.run("gcc", "-static", "-s", "-O2", "-o", program.toString(), source.toString());
    return Files.readAllBytes(program);
  }

  /** The same masters all the time, on the connections that they began with. */
  @AfterAll
  void close() throws Exception {
    WriteReport load = ledger.stop(Ports.address(device.port()));
    System.out.print(load.toText());
    device.close();
    assertThatNothingWasWorseThanBusy(load);
    assertThat(load.connections()).as(load.toText()).isEqualTo(ledger.clients() + 1);
  }

  /** Who would wait in a hold for more than 400 ms is told so by exception 06. */
  private static void assertThatNothingWasWorseThanBusy(WriteReport load) {
    assertThat(load.failures()).as(load.toText()).isEqualTo(load.of(Trouble.EXCEPTION));
    assertThat(load.incidents()).allMatch(incident -> incident.contains(": 6 to function "));
  }

  @ParameterizedTest
  @EnumSource
  void leaves_the_old_one_serving(Fault fault) throws Exception {
    long holds = device.holds();
    long failures = ledger.snapshot().failures();
    AppReport report =
        device.swap(ModbusApps.carried(device, 1 + List.of(Fault.values()).indexOf(fault)));
    WriteReport load = ledger.snapshot();

    System.out.println(fault + ": " + report.phase() + ": " + report.message());
    assertThat(report.phase()).as("%s", report).isEqualTo(Phase.ROLLED_BACK);
    assertThat(report.message()).matches(fault.message);
    assertThat(device.holds() > holds).as("%s", report).isEqualTo(fault.isInHold);
    assertThatNothingWasWorseThanBusy(load);
    assertThat(load.failures() > failures).as(load.toText()).isEqualTo(fault == Fault.STALLS);
    assertThat(load.connections()).as(load.toText()).isEqualTo(ledger.clients());
    device.awaitContainers(1);
  }
}
