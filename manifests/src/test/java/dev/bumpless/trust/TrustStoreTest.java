package dev.bumpless.trust;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bumpless.manifest.AppName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrustStoreTest {
  private static final Instant BUILT = Instant.parse("2026-11-23T00:00:00Z");
  private static final Instant LATER = BUILT.plusSeconds(1000);
  private static final AppName PUMP = new AppName("pump");
  private static final AppName WEB = new AppName("web");

  @TempDir Path folder;

  @Test
  void keepsFloorsOverARestart() throws IOException {
    TrustStore store = open(true);
    Floors raised =
        floors(store)
            .raisedBy(PUMP, 12, "aa", 3, LATER)
            .raisedBy(WEB, 13, "bb", 0, LATER.minusSeconds(1));
    store.raiseTo(raised);
    assertThat(open(false).floors()).contains(raised);
    assertThat(open(true).floors()).contains(raised);
  }

  @Test
  void floorsNeverSink() {
    Floors floors = Floors.none(LATER).raisedBy(PUMP, 12, "aa", 3, BUILT);
    assertThat(floors.raisedBy(PUMP, 11, "bb", 2, BUILT)).isEqualTo(floors);
    assertThat(floors.time()).isEqualTo(LATER);
    assertThat(floors.notBefore(Instant.EPOCH)).isEqualTo(LATER);
    assertThat(floors.notBefore(LATER.plusSeconds(1))).isEqualTo(LATER.plusSeconds(1));
  }

  @Test
  void aDeviceWithOrdersButWithoutFloorsTrustsNoNewOrder() throws IOException {
    TrustStore store = open(false);
    assertThat(store.floors()).isEmpty();
    assertThat(store.trouble()).contains("floors is missing").contains("To start anew");
    assertThat(folder.resolve("floors")).doesNotExist();
    assertThatThrownBy(() -> store.raiseTo(Floors.none(BUILT)))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void tornFloorsAreNoFloorsAtAnyLength() throws IOException {
    TrustStore store = open(true);
    store.raiseTo(floors(store).raisedBy(PUMP, 12, "aa", 3, LATER));
    byte[] whole = Files.readAllBytes(folder.resolve("floors"));
    for (int length = 0; length < whole.length; length++) {
      Files.write(folder.resolve("floors"), Arrays.copyOf(whole, length));
      TrustStore torn = open(true);
      assertThat(torn.floors()).isEmpty();
      assertThat(torn.trouble()).contains("cannot use");
    }
  }

  @Test
  void aFileOfAnotherKindIsNoFloors() throws IOException {
    for (String text :
        new String[] {
          "",
          "bumpless trust floors 2\ntime 2026-11-23T00:00:00Z\n",
          "bumpless trust floors 1\ntime now\n",
          "bumpless trust floors 1\ntime 2026-11-23T00:00:00Z\napp pump\n",
          "bumpless trust floors 1\ntime 2026-11-23T00:00:00Z\napp pump sequence x order a counter 1\n"
        }) {
      new AtomicFile(folder.resolve("floors")).write(text.getBytes(UTF_8));
      assertThat(open(true).floors()).isEmpty();
    }
  }

  @Test
  void aNewerAgentRaisesTheTimeFloor() throws IOException {
    open(true);
    TrustStore newer = TrustStore.open(folder.resolve("floors"), false, LATER);
    assertThat(floors(newer).time()).isEqualTo(LATER);
  }

  @Test
  void aFailedWriteLeavesTheFloorsAsTheyWere() throws IOException {
    TrustStore store = open(true);
    Floors before = floors(store);
    Files.createDirectories(folder.resolve("floors.next/in-the-way"));
    assertThatThrownBy(() -> store.raiseTo(before.raisedBy(PUMP, 12, "aa", 3, LATER)))
        .isInstanceOf(IOException.class);
    assertThat(store.floors()).contains(before);
  }

  private TrustStore open(boolean isNewDevice) throws IOException {
    return TrustStore.open(folder.resolve("floors"), isNewDevice, BUILT);
  }

  private static Floors floors(TrustStore store) {
    return store.floors().orElseThrow();
  }
}
