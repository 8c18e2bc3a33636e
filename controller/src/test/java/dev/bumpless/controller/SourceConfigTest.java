package dev.bumpless.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SourceConfigTest {
  @TempDir private Path folder;

  @Test
  void readsEveryKeyAndFillsInWhatIsUsual() throws IOException {
    List<SourceConfig> sources =
        read(
            """
            - name: plant-a
              git: https://git.plant.example/fleet/manifests.git
              branch: live
              path: plants/a/
              interval: 5m
              target: { site: plant-a, arch: arm64 }
              credentials: /etc/bumpless/git-credentials
              webhookSecret: /etc/bumpless/webhook-secret
            - { name: here, directory: /etc/bumpless/manifests, target: { devices: [ gw-1 ] } }
            - { name: bare, git: "file:///srv/git/manifests.git" }
            """);

    SourceConfig first = sources.get(0);
    assertThat(first.settings().interval()).isEqualTo(Duration.ofMinutes(5));
    assertThat(first.settings().target().orElseThrow().labels())
        .isEqualTo(Map.of("site", "plant-a", "arch", "arm64"));
    assertThat(first.git().orElseThrow())
        .extracting("url", "branch", "path")
        .containsExactly(
            URI.create("https://git.plant.example/fleet/manifests.git"), "live", "plants/a");
    assertThat(first.webhookSecret()).contains(Path.of("/etc/bumpless/webhook-secret"));
    assertThat(sources.get(1).directory()).contains(Path.of("/etc/bumpless/manifests"));
    assertThat(sources.get(1).settings().target().orElseThrow().devices()).containsExactly("gw-1");
    assertThat(sources.get(2).settings().interval()).isEqualTo(Duration.ofMinutes(1));
    assertThat(sources.get(2).settings().target()).isEmpty();
    assertThat(sources.get(2).git().orElseThrow().branch()).isEqualTo("main");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{ name: x }|expected either git or directory",
        "{ name: x, git: 'https://h/x', directory: /y }|expected either git or directory",
        "{ name: x, directory: /y, branch: main }|branch, path and credentials go with git",
        "{ name: X, directory: /y }|'X' is no name of a source",
        "{ directory: /y }|'' is no name of a source",
        "{ name: x, directory: /y, brunch: main }|unknown key 'brunch'",
        "{ name: x, git: 'http://h.example/x' }|expected https://HOST",
        "{ name: x, git: 'ext::sh -c touch% /x' }|expected https://HOST",
        "{ name: x, git: 'ssh://h/x' }|expected https://HOST",
        "{ name: x, git: '--upload-pack=touch' }|expected https://HOST",
        "{ name: x, git: 'file://h' }|expected https://HOST",
        "{ name: x, git: 'https://u:p@h/x' }|no user, password or query",
        "{ name: x, git: 'https://h/x?token=1' }|no user, password or query",
        "{ name: x, git: 'https://h/x', branch: '--force' }|is no name of a branch",
        "{ name: x, git: 'https://h/x', branch: 'a..b' }|is no name of a branch",
        "{ name: x, git: 'https://h/x', path: '../y' }|expected a folder in the repository",
        "{ name: x, git: 'https://h/x', path: /y }|expected a folder in the repository",
        "{ name: x, directory: /y, interval: 9s }|expected 10s to 24h",
        "{ name: x, directory: /y, interval: 25h }|expected 10s to 24h",
        "{ name: x, directory: /y, interval: soon }|expected 10s to 24h",
        "{ name: x, directory: /y, target: { devices: [ '#' ] } }|is no device id",
        "{ name: x, directory: /y, target: { all: false } }|target: expected",
        "{ name: x, directory: /y, target: { all: true, site: a } }|one of them",
        "{ name: x, directory: /y, target: {} }|one of them",
        "{ name: x, directory: /y, target: everybody }|target: expected",
        "x|in each"
      })
  void whatCannotBeIsRefusedWithWhatIsExpected(String source, String why) {
    assertThatThrownBy(() -> read("- " + source + "\n"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("controller.yaml")
        .hasMessageContaining(why);
  }

  @Test
  void twoOfOneNameOrTooManyAreRefused() {
    assertThatThrownBy(() -> read("- { name: x, directory: /y }\n- { name: x, directory: /z }\n"))
        .hasMessageContaining("two are called x");
    assertThatThrownBy(() -> read("- { name: x, directory: /y }\n".repeat(17)))
        .hasMessageContaining("at most 16");
  }

  @Test
  void aSecretThatOthersCanReadOrThatIsGuessedIsRefused() throws IOException {
    Path secret = Files.writeString(folder.resolve("secret"), "0123456789abcdef\n");
    SourceConfig config =
        read("- { name: x, directory: /y, webhookSecret: " + secret + " }\n").get(0);

    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-r--r--"));
    assertThatThrownBy(config::secret).hasMessageContaining("chmod 600 " + secret);

    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
    assertThat(config.secret()).contains("0123456789abcdef");

    Files.writeString(secret, "short\n");
    assertThatThrownBy(config::secret).hasMessageContaining("shorter than 16");
    Files.delete(secret);
    assertThatThrownBy(config::secret).hasMessageContaining("source x: webhookSecret");
  }

  private List<SourceConfig> read(String sources) throws IOException {
    Path file = folder.resolve("controller.yaml");
    Files.writeString(file, "state: /s\ntrust: /t\nsources:\n" + sources.indent(2));
    return ControllerConfig.read(file).sources();
  }
}
