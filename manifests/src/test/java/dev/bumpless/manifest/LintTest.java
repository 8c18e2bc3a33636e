package dev.bumpless.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bumpless.manifest.Finding.Severity;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class LintTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "docker-socket        | volumes: [ '/var/run/docker.sock:/d:ro' ]",
        "docker-socket        | volumes: [ '/run/containerd/containerd.sock:/c:ro' ]",
        "docker-socket        | volumes: [ '/:/host:ro' ]",
        "docker-socket        | volumes: [ '/var/run:/r:ro' ]",
        "host-path            | volumes: [ '/srv:/srv:ro' ]",
        "privileged           | security: { privileged: true }",
        "dangerous-capability | security: { capAdd: [ NET_ADMIN ] }",
        "dangerous-capability | security: { capAdd: [ ALL ] }",
      })
  void whatIsDangerousIsRefusedUnlessWaived(String rule, String key) {
    String text = withKey(key.replace('\'', '"'));
    assertThatThrownBy(() -> ManifestParser.parse(text, "web.yaml"))
        .isInstanceOf(InvalidManifestException.class)
        .hasMessageContaining("[" + rule + "]")
        .hasMessageContaining("waivers: [ " + rule + " ]");
    App waived = ManifestParser.parse(text + "waivers: [ " + rule + " ]\n", "web.yaml");
    assertThat(waived.waivers()).containsExactly(rule);
  }

  @Test
  void theHostsNetworkIsRefusedUnlessWaived() {
    String text = withKey("security: { hostNetwork: true }").replaceAll("(?s)ports:.*", "");
    assertThatThrownBy(() -> ManifestParser.parse(text, "web.yaml"))
        .hasMessageContaining("[host-network]");
    ManifestParser.parse(text + "waivers: [ host-network ]\n", "web.yaml");
  }

  @Test
  void aMissingMemoryLimitIsRefusedUnlessWaived() {
    String text = BadManifest.good().replace("memory: 64Mi", "pids: 9");
    assertThatThrownBy(() -> ManifestParser.parse(text, "web.yaml"))
        .hasMessageContaining("web.yaml:7:5")
        .hasMessageContaining("[memory-limit]");
    App app = ManifestParser.parse(text + "waivers: [ memory-limit ]\n", "web.yaml");
    assertThat(app.containers().get(0).resources().memoryBytes()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/var/run//docker.sock", "/var/run/../run/docker.sock", "/run/", "/./run"})
  void aPathHasOneSpellingSoThatNoRuleIsWalkedAround(String path) {
    String text = withKey("volumes: [ \"" + path + ":/x:ro\" ]") + "waivers: [ host-path ]\n";
    assertThatThrownBy(() -> ManifestParser.parse(text, "web.yaml"))
        .hasMessageContaining("is no absolute path");
  }

  @ParameterizedTest
  @ValueSource(strings = {"volumes: [ 'data:/data' ]", "devices: [ /dev/ttyS0 ]"})
  void whatBothSlotsWouldHaveCannotBeWaivedButSaid(String key) {
    String quoted = key.replace('\'', '"');
    assertThatThrownBy(() -> ManifestParser.parse(withKey(quoted), "web.yaml"))
        .hasMessageContaining("both slots would")
        .hasMessageNotContaining("waivers");
    String said = quoted.replace("/ttyS0", "/ttyS0:shared");
    ManifestParser.parse(withKey(said) + "state: [ { kind: volume, mode: shared } ]\n", "web.yaml");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "upgrade: { overlap: none, hold: 2s }",
        "upgrade: { overlap: standby, hold: 2s, promote: [ { container: web, exec: [ a ] } ], demote: [ { container: web, exec: [ b ] } ] }"
      })
  void aDeviceThatIsNeverOpenTwiceMayBeExclusive(String upgrade) {
    ManifestParser.parse(withKey("devices: [ /dev/ttyS0 ]") + upgrade + "\n", "web.yaml");
  }

  @Test
  void aVolumeOfEachSlotsOwnNeedsNoWordOfSharing() {
    ManifestParser.parse(
        withKey("volumes: [ \"data:/data\", \"/etc/x:/etc/x:ro\" ]")
            + "upgrade: { overlap: none, hold: 2s }\n"
            + "state: [ { kind: volume, mode: exclusive } ]\n"
            + "waivers: [ host-path ]\n",
        "web.yaml");
  }

  @Test
  void aVolumeThatNobodyWritesNeedsNoState() {
    ManifestParser.parse(withKey("volumes: [ \"data:/data:ro\" ]"), "web.yaml");
  }

  @Test
  void adviceIsAnErrorUnderTheStrictPolicy() {
    App standard = ManifestParser.parse(BadManifest.good(), "web.yaml");
    assertThat(Lint.check(standard)).isNotEmpty().noneMatch(Finding::isError);
    assertThatThrownBy(
            () -> ManifestParser.parse(BadManifest.good() + "policy: strict\n", "web.yaml"))
        .hasMessageContaining("[read-only-root]")
        .hasMessageContaining("[non-root-user]")
        .hasMessageContaining("[cpu-limit]");
  }

  @Test
  void aHardenedAppHasNoFindings() {
    String text =
        withKey("security: { readOnlyRootFilesystem: true, user: \"1000\" }")
                .replace("64Mi", "64Mi, cpus: 1")
            + "policy: strict\n";
    assertThat(ManifestParser.read(text, "web.yaml").advice()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"root", "0", "0:0", "root:1000", "000"})
  void rootByAnyNameIsRoot(String user) {
    String text = withKey("security: { user: \"" + user + "\" }");
    assertThat(ManifestParser.read(text, "web.yaml").advice())
        .extracting(Finding::rule)
        .contains(Rule.NON_ROOT_USER);
  }

  static List<Rule> rules() {
    return Arrays.asList(Rule.values());
  }

  @ParameterizedTest
  @MethodSource("rules")
  void everyRuleHasAnIdAndASeverity(Rule rule) {
    assertThat(rule.id()).isEqualTo(rule.id().toLowerCase(Locale.ROOT)).doesNotContain("_");
    assertThat(rule.severity(SecurityPolicy.STRICT)).isEqualTo(Severity.ERROR);
  }

  @Test
  void capabilitiesAreDroppedUnlessAskedFor() {
    assertThat(dropped("{}", SecurityPolicy.STANDARD))
        .containsExactly("AUDIT_WRITE", "MKNOD", "NET_RAW", "SETFCAP", "SYS_CHROOT");
    assertThat(dropped("{ capAdd: [ NET_RAW ], capDrop: [ CHOWN ] }", SecurityPolicy.STANDARD))
        .containsExactly("AUDIT_WRITE", "CHOWN", "MKNOD", "SETFCAP", "SYS_CHROOT");
    assertThat(dropped("{ capDrop: [ ALL, CHOWN ] }", SecurityPolicy.STANDARD))
        .containsExactly("ALL");
    assertThat(dropped("{ capAdd: [ ALL ], capDrop: [ CHOWN ] }", SecurityPolicy.STANDARD))
        .containsExactly("CHOWN");
    assertThat(dropped("{ capAdd: [ KILL ] }", SecurityPolicy.STRICT)).containsExactly("ALL");
  }

  private static Stream<String> dropped(String security, SecurityPolicy policy) {
    String text = withKey("security: " + security) + "waivers: [ dangerous-capability ]\n";
    App app = ManifestParser.parse(text, "web.yaml");
    return app.containers().get(0).security().droppedCapabilities(policy).stream();
  }

  /** The good manifest with one more key in its container. */
  private static String withKey(String key) {
    return BadManifest.good().replace("ports:", "    " + key + "\nports:");
  }
}
