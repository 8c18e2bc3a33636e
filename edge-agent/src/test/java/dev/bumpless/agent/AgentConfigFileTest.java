package dev.bumpless.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bumpless.agent.docker.Subnet;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AgentConfigFileTest {
  private static final String LEAST =
      "device: dev-1\nbroker: ssl://127.0.0.1:8883\ntrust: keys/dev-1\nstate: /var/lib/x\n";

  @TempDir private Path folder;

  @Test
  void the_least_that_must_be_said_is_four_lines() throws Exception {
    AgentConfig config = read(LEAST);

    assertThat(config.device()).hasToString("dev-1");
    assertThat(config.trust()).isEqualTo(folder.resolve("keys/dev-1"));
    assertThat(config.state()).isEqualTo(Path.of("/var/lib/x"));
    assertThat(config.space()).isEqualTo("dev-1");
    assertThat(config.docker()).isEqualTo(URI.create("unix:///var/run/docker.sock"));
    assertThat(config.router()).isEqualTo(Path.of("/run/bumpless/router.sock"));
    assertThat(config.listenAddress()).isEqualTo("0.0.0.0");
    assertThat(config.registries()).isEmpty();
  }

  @Test
  void everything_can_be_said() throws Exception {
    AgentConfig config =
        read(
            LEAST
                + """
                router: /tmp/router.sock
                docker: unix:///tmp/docker.sock
                space: lab
                subnet: 10.9.0.0/20
                listenAddress: 127.0.0.2
                registries: accounts.json
                labels: { site: plant-a, line: "3" }
                """);

    assertThat(config.space()).isEqualTo("lab");
    assertThat(config.subnet()).isEqualTo(Subnet.parse("10.9.0.0/20"));
    assertThat(config.registries()).contains(folder.resolve("accounts.json"));
    assertThat(config.labels()).isEqualTo(Map.of("site", "plant-a", "line", "3"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          brokr: x                  | 5: unknown key 'brokr'; there are device, broker
          device: dev-2             | 5: 'device' is there twice
          subnet: 10.0.0.1/24       | 5: 'subnet': 10.0.0.1/24 is no network
          subnet: 10.0.0.0/30       | 5: 'subnet': 10.0.0.0/30: expected a prefix of 12 to 27
          docker: tcp://10.0.0.1:1  | 5: 'docker': 'tcp://10.0.0.1:1': expected unix://
          listenAddress: localhost  | 5: 'listenAddress': 'localhost': expected an IP address
          space: Lab_1              | 5: 'space': 'Lab_1': expected
          labels: [ a ]             | 5: 'labels' expects { key: value }
          labels: { Site: a }       | 5: label 'Site': a key is 1 to 63 of a-z
          labels: { a: b, a: c }    | 5: label 'a' is there twice
          state: { a: b }           | 5: 'state' is there twice
          'x: ['                    | is no YAML
          """)
  void what_is_wrong_is_told_with_its_line(String line, String message) {
    assertThatThrownBy(() -> read(LEAST + line))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContaining(message);
  }

  @Test
  void what_is_missing_is_named() {
    assertThatThrownBy(() -> read("device: dev-1")).hasMessageEndingWith("'broker' is missing");
    assertThatThrownBy(() -> read("")).hasMessageContaining("expected 'key: value' lines");
    assertThatThrownBy(() -> AgentConfigFile.read(folder.resolve("none.yaml")))
        .hasMessageContaining("none.yaml failed");
  }

  private AgentConfig read(String yaml) throws IOException, InvalidConfigException {
    return AgentConfigFile.read(Files.writeString(folder.resolve("agent.yaml"), yaml));
  }
}
