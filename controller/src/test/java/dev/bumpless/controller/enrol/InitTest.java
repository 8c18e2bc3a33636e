package dev.bumpless.controller.enrol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bumpless.controller.NoApps;
import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.MessageCodec;
import dev.bumpless.trust.Root;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InitTest {
  private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");
  private static final DeviceId ONE = new DeviceId("dev-1");
  private static final DeviceId TWO = new DeviceId("dev-2");

  @TempDir private Path folder;
  private final MessageCodec codec = new MessageCodec(new NoApps());

  @BeforeEach
  void firstRun() throws IOException {
    init(List.of(ONE), List.of());
  }

  @Test
  void everythingThatTheBriefNamesIsThere() {
    assertThat(
            List.of(
                "ca.crt",
                "ca.key",
                "root.json",
                "keys/release.key",
                "keys/order.key",
                "controller/controller.p12",
                "controller/p12.password",
                "controller/token",
                "devices/dev-1/device.p12",
                "devices/dev-1/p12.password",
                "devices/dev-1/ca.crt",
                "devices/dev-1/root.json"))
        .allSatisfy(name -> assertThat(folder.resolve(name)).isNotEmptyFile());
  }

  @Test
  void onlyTheOwnerMayReadAnyOfIt() throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      assertThat(all.filter(path -> !path.equals(folder)).toList())
          .isNotEmpty()
          .allSatisfy(
              path ->
                  assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                      .isEqualTo(Files.isDirectory(path) ? "rwx------" : "rw-------"));
    }
  }

  @Test
  void aSecondRunChangesNothing() throws IOException {
    Map<Path, String> before = contents();

    assertThat(init(List.of(ONE), List.of())).isEmpty();

    assertThat(contents()).isEqualTo(before);
  }

  @Test
  void aDeviceIsAddedWithoutTouchingWhatIsThere() throws IOException {
    Map<Path, String> before = contents();

    init(List.of(ONE, TWO), List.of());

    assertThat(contents()).containsAllEntriesOf(before);
    assertThat(new TrustDirectory(folder).enrolled()).containsExactly(ONE, TWO);
  }

  @Test
  void anotherHostGetsTheControllerANewCertificateForTheSameKey() throws Exception {
    X509Certificate before = certificate("controller/controller.p12", "controller");

    assertThat(init(List.of(), List.of("plant.example", "192.0.2.7"))).hasSize(1);

    X509Certificate after = certificate("controller/controller.p12", "controller");
    assertThat(after.getPublicKey()).isEqualTo(before.getPublicKey());
    assertThat(after.getSubjectAlternativeNames())
        .extracting(name -> String.valueOf(name.get(1)))
        .containsExactlyInAnyOrder("localhost", "127.0.0.1", "plant.example", "192.0.2.7");
  }

  @Test
  void certificatesAreSignedByTheAuthorityAndADevicesServesNobody() throws Exception {
    X509Certificate ca = Pem.certificate(folder.resolve("ca.crt"));
    X509Certificate device = certificate("devices/dev-1/device.p12", "dev-1");

    device.verify(ca.getPublicKey());
    assertThat(device.getSubjectX500Principal().getName()).isEqualTo("CN=dev-1");
    assertThat(device.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.2");
    assertThat(device.getSubjectAlternativeNames()).isNull();
  }

  @Test
  void theTrustRootNamesTheKeysThatSign() throws Exception {
    Root root = codec.decode(Files.readAllBytes(folder.resolve("root.json")), Root.class);

    assertThat(root.roles().get(Root.Role.RELEASE).keys())
        .containsExactly(LocalKeys.read(folder.resolve("keys/release.key")).key());
    assertThat(root.roles().get(Root.Role.ORDER).keys())
        .containsExactly(LocalKeys.read(folder.resolve("keys/order.key")).key());
  }

  @Test
  void noDeviceMayBeCalledController() {
    assertThatThrownBy(() -> init(List.of(new DeviceId("controller")), List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private List<String> init(List<DeviceId> devices, List<String> hosts) throws IOException {
    return Init.run(folder, devices, hosts, NOW);
  }

  private Map<Path, String> contents() throws IOException {
    Map<Path, String> contents = new HashMap<>();
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.filter(Files::isRegularFile).toList()) {
        contents.put(path, java.util.Arrays.toString(Files.readAllBytes(path)));
      }
    }
    return contents;
  }

  private X509Certificate certificate(String store, String alias) throws Exception {
    Path file = folder.resolve(store);
    char[] password = Files.readString(file.resolveSibling("p12.password")).strip().toCharArray();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      keys.load(in, password);
    }
    return (X509Certificate) keys.getCertificate(alias);
  }
}
