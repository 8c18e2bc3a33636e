package dev.bumpless.controller.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bumpless.manifest.AppName;
import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.DeviceReport;
import dev.bumpless.protocol.Presence;
import dev.bumpless.protocol.PullProgress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Who is gone though nobody said so. */
class SilenceTest {
  private static final Instant START = Instant.parse("2026-11-25T10:00:00Z");
  private static final DeviceId ONE = new DeviceId("dev-1");
  private static final DeviceId TWO = new DeviceId("dev-2");
  private static final UUID BOOT = new UUID(0, 1);
  private static final AppName PUMP = new AppName("pump");

  private final CountingStore store = new CountingStore();
  private final Fleet fleet = new Fleet(store, () -> Set.of(ONE, TWO));
  private Instant now = START;

  @Test
  void whoSaysNothingForTwoAndAHalfHeartbeatsIsGoneSinceItWasLastHeard() {
    born(ONE);
    minutes(10);
    report(ONE, 1);

    minutes(24);
    assertThat(isOnline(ONE)).isTrue();
    minutes(1);

    assertThat(isOnline(ONE)).isFalse();
    assertThat(fleet.device(ONE).flatMap(Device::lastSeen)).contains(START.plusSeconds(600));
  }

  @Test
  void whoReportsEveryTenMinutesStaysAndNothingIsWrittenForIt() {
    born(ONE);
    born(TWO);
    int written = store.presences;
    for (int beat = 1; beat <= 30; beat++) {
      minutes(10);
      report(ONE, beat);
    }

    assertThat(isOnline(ONE)).isTrue();
    assertThat(isOnline(TWO)).isFalse();
    assertThat(store.presences).as("of the one that is gone").isEqualTo(written + 1);
  }

  @Test
  void itsNextReportBringsItBack() {
    born(ONE);
    report(ONE, 1);
    minutes(30);
    assertThat(isOnline(ONE)).isFalse();

    report(ONE, 2);
    assertThat(isOnline(ONE)).isTrue();

    minutes(25);
    assertThat(isOnline(ONE)).as("and it may fall silent again").isFalse();
  }

  @Test
  void soDoesItsNextBirth() {
    born(ONE);
    minutes(30);

    assertThat(fleet.heard(birth(ONE, 2), now)).isTrue();

    assertThat(isOnline(ONE)).isTrue();
  }

  @Test
  void whateverElseItSaysBreaksTheSilence() {
    List<Runnable> words =
        List.of(
            () -> assertThat(fleet.heard(birth(ONE, 1), now)).isFalse(),
            () -> report(ONE, 1),
            () -> report(ONE, 1), // again: the acknowledgement is lost
            () -> fleet.heard(ONE, now));
    born(ONE);
    for (Runnable word : words) {
      minutes(24);
      word.run();
    }
    minutes(24);

    assertThat(isOnline(ONE)).isTrue();
  }

  @Test
  void aWordOfOneThatIsNotThereDoesNotBringItBack() {
    born(ONE);
    fleet.heard(new Presence(ONE, BOOT, 1, false, 0), now);

    fleet.heard(ONE, now);

    minutes(60);
    assertThat(isOnline(ONE)).isFalse();
    assertThat(fleet.device(ONE).flatMap(Device::lastSeen)).contains(START);
  }

  @Test
  void aBirthThatIsSaidAgainWritesNothing() {
    born(ONE);
    int written = store.presences;

    assertThat(fleet.heard(birth(ONE, 1), now)).as("it tells nothing new").isFalse();
    assertThat(store.presences).isEqualTo(written);

    fleet.markAllOffline();
    assertThat(fleet.heard(birth(ONE, 1), now)).as("now it does").isTrue();
    assertThat(isOnline(ONE)).isTrue();
  }

  @Test
  void howFarAPullWasGoesWithTheSilentOne() {
    born(ONE);
    fleet.heard(new PullProgress(ONE, PUMP, new UUID(0, 2), "image", 1, 2));

    minutes(26);

    assertThat(fleet.pull(ONE, PUMP)).isEmpty();
  }

  @Test
  void aTimeInWhichNobodyListenedDoesNotCount() {
    born(ONE);
    minutes(20);
    now = now.plus(Duration.ofHours(8)); // suspended, or its clock was set
    look();
    assertThat(isOnline(ONE)).isTrue();

    minutes(24);
    assertThat(isOnline(ONE)).isTrue();
    minutes(1);
    assertThat(isOnline(ONE)).isFalse();
  }

  @Test
  void norDoesOneBeforeTheClockWasSetBack() {
    minutes(1);
    now = now.minus(Duration.ofHours(8));
    born(ONE);
    look();

    minutes(25);

    assertThat(isOnline(ONE)).isFalse();
  }

  @Test
  void aConnectionBeginsAnew() {
    born(ONE);
    minutes(20);
    fleet.markAllOffline();
    born(ONE); // as the broker keeps it

    minutes(24);
    assertThat(isOnline(ONE)).isTrue();
    minutes(1);
    assertThat(isOnline(ONE)).isFalse();
  }

  private void born(DeviceId device) {
    fleet.heard(birth(device, 1), now);
  }

  private static Presence birth(DeviceId device, long connection) {
    return new Presence(device, BOOT, connection, true, 0);
  }

  private void report(DeviceId device, long number) {
    fleet.heard(
        new DeviceReport(
            device,
            BOOT,
            number,
            now,
            new DeviceReport.Inventory("linux/arm64/v8", "20.10.24", "0.1.0", 1, 1),
            Map.of(),
            List.of(),
            List.of()),
        now);
  }

  /** Time passes, and the link looks as it does. */
  private void minutes(int minutes) {
    for (int i = 0; i < minutes; i++) {
      now = now.plus(Duration.ofMinutes(1));
      look();
    }
  }

  private void look() {
    fleet.silent(now).forEach(fleet::takeForGone);
  }

  private boolean isOnline(DeviceId device) {
    return fleet.device(device).map(Device::online).orElseThrow();
  }

  /** Tells how often presence was written. */
  private static final class CountingStore implements FleetStore {
    private final MemoryFleetStore kept = new MemoryFleetStore();
    int presences;

    @Override
    public void register(Set<DeviceId> devices) {
      kept.register(devices);
    }

    @Override
    public boolean isOnline(DeviceId id) {
      return kept.isOnline(id);
    }

    @Override
    public Optional<Device> device(DeviceId id) {
      return kept.device(id);
    }

    @Override
    public List<Device> devices() {
      return kept.devices();
    }

    @Override
    public void savePresence(DeviceId id, UUID boot, boolean online, Instant at) {
      presences++;
      kept.savePresence(id, boot, online, at);
    }

    @Override
    public void markAllOffline() {
      kept.markAllOffline();
    }

    @Override
    public void saveReport(DeviceReport report, Instant at) {
      kept.saveReport(report, at);
    }

    @Override
    public void saveLabels(DeviceId id, Map<String, String> labels) {
      kept.saveLabels(id, labels);
    }
  }
}
