package dev.bumpless.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bumpless.cli.StubController.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InitCommandTest {
  @TempDir Path folder;

  private static Result run(String... args) throws IOException {
    try (StubController controller = new StubController()) {
      return controller.run(Map.of(), "", args);
    }
  }

  @Test
  void makesAFleetsKeysOnceAndAddsDevicesLater() throws IOException {
    Path fleet = folder.resolve("fleet");
    Result first = run("init", fleet.toString(), "--devices", "gw-1", "--host", "c.example");
    assertThat(first.exitCode()).as(first.err()).isZero();
    assertThat(fleet.resolve("devices/gw-1/device.p12")).exists();
    String token = Files.readString(fleet.resolve("controller/token"));

    Result second = run("init", fleet.toString(), "--devices", "gw-1,gw-2", "-o", "json");
    assertThat(second.out()).contains("gw-2").doesNotContain("gw-1\"");
    assertThat(fleet.resolve("controller/token")).hasContent(token);
    assertThat(run("init", fleet.toString()).out()).contains("nothing to add");
  }

  @Test
  void refusesWhatIsNoNameAndTellsWhereItMayNotWrite() throws IOException {
    Result name = run("init", folder.toString(), "--devices", "Gateway One");
    assertThat(name.exitCode()).isEqualTo(2);
    assertThat(name.err()).contains("Gateway One");
    Path file = Files.writeString(folder.resolve("file"), "");
    Result place = run("init", file.toString());
    assertThat(place.exitCode()).isEqualTo(1);
    assertThat(place.err()).contains(file.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"*", "+", "#", "gw-*", "gw+", "gw#", "gw/1", "../gw", "$SYS"})
  void enrolsNoWildcard(String name) throws IOException {
    Path fleet = folder.resolve("fleet");

    Result result = run("init", fleet.toString(), "--devices", "gw-1," + name);

    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err()).contains("'" + name + "' is no device id: 1 to 63 of a-z, 0-9");
    assertThat(fleet).doesNotExist();
  }
}
