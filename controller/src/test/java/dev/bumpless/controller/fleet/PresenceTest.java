package dev.bumpless.controller.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.DeviceReport;
import dev.bumpless.protocol.DeviceReport.Inventory;
import dev.bumpless.protocol.Presence;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Who is there, whatever a broker does to the words about it. */
class PresenceTest {
  private static final Instant NOW = Instant.parse("2026-11-25T10:00:00Z");
  private static final DeviceId ONE = new DeviceId("dev-1");
  private static final UUID FIRST = new UUID(0, 1);
  private static final UUID SECOND = new UUID(0, 2);
  private static final UUID THIRD = new UUID(0, 3);

  private Fleet fleet = fleet();

  /** Something that a device, or the broker in its name, says. */
  private interface Word {
    void sayTo(Fleet fleet);
  }

  @Test
  void birthsAndWillsOfOneLifeCount() {
    say(birth(FIRST), will(FIRST));
    assertThat(device().online()).isFalse();

    say(birth(FIRST));
    assertThat(device().online()).isTrue();
  }

  @Test
  void aWillOfAnEarlierLifeComesTooLate() {
    say(birth(FIRST), birth(SECOND), will(FIRST));

    assertThat(device().online()).isTrue();
    assertThat(device().boot()).contains(SECOND);
  }

  @Test
  void soDoesOneOfAnEarlierConnectionOfTheSameLife() {
    say(birth(FIRST, 1), birth(FIRST, 2), will(FIRST, 1), birth(FIRST, 1), will(FIRST, 1));
    assertThat(device().online()).isTrue();

    say(will(FIRST, 2));
    assertThat(device().online()).isFalse();
  }

  @Test
  void aBirthOfAnEarlierLifeThatIsRepeatedDoesNotOpenTheDoorToItsWill() {
    say(birth(FIRST), birth(SECOND), birth(FIRST), will(FIRST));

    assertThat(device().online()).isTrue();
    assertThat(device().boot()).contains(SECOND);
  }

  @Test
  void aReportOfAnEarlierLifeReplacesNothing() {
    say(birth(FIRST), report(FIRST, 7), birth(SECOND), report(SECOND, 1), report(FIRST, 9));

    assertThat(device().report()).get().extracting(DeviceReport::boot).isEqualTo(SECOND);
  }

  @Test
  void aReportIsASignOfLife() {
    say(birth(FIRST), will(FIRST), report(FIRST, 1));
    assertThat(device().online()).as("its will came late, after it had connected again").isTrue();

    fleet.markAllOffline();
    say(report(FIRST, 2));
    assertThat(device().online()).isTrue();
  }

  @Test
  void aReportThatIsRepeatedAfterTheEndIsNoSignOfLife() {
    say(birth(FIRST), report(FIRST, 1), will(FIRST), report(FIRST, 1));

    assertThat(device().online()).isFalse();
  }

  @Test
  void aLateBirthOfTheLifeInTheStoreEndsNoLaterOne() {
    MemoryFleetStore store = new MemoryFleetStore();
    fleet = fleet(store);
    say(birth(FIRST), report(FIRST, 1));

    fleet = fleet(store);
    say(birth(SECOND), birth(FIRST), report(SECOND, 1), birth(FIRST), will(FIRST));

    assertThat(device().online()).isTrue();
    assertThat(device().boot()).contains(SECOND);
  }

  @Test
  void neitherDoesALateReportOfItThatIsInTheStore() {
    MemoryFleetStore store = new MemoryFleetStore();
    fleet = fleet(store);
    say(birth(FIRST), report(FIRST, 1));

    fleet = fleet(store);
    say(birth(SECOND), report(FIRST, 1), report(SECOND, 1), report(FIRST, 1));

    assertThat(device().boot()).contains(SECOND);
  }

  @Test
  void aReportAfterItsBirthShowsThatTheLifeInTheStoreLives() {
    MemoryFleetStore store = new MemoryFleetStore();
    fleet = fleet(store);
    say(birth(SECOND), report(SECOND, 5));

    fleet = fleet(store);
    say(birth(FIRST), birth(SECOND), report(SECOND, 6), birth(FIRST), report(SECOND, 7));

    assertThat(device().boot()).contains(SECOND);
  }

  @Test
  void aThirdLifeEndsBothThatWereBeforeIt() {
    MemoryFleetStore store = new MemoryFleetStore();
    fleet = fleet(store);
    say(birth(FIRST), report(FIRST, 1));

    fleet = fleet(store);
    say(birth(SECOND), birth(FIRST), birth(THIRD), birth(SECOND), report(FIRST, 2));

    assertThat(device().boot()).contains(THIRD);
  }

  @Test
  void aBirthOfAnEarlierLifeThatANewControllerHearsFirstEndsNoLaterOne() {
    MemoryFleetStore store = new MemoryFleetStore();
    fleet = fleet(store);
    say(birth(FIRST), birth(SECOND));

    fleet = fleet(store);
    say(birth(FIRST), report(SECOND, 1), birth(FIRST), will(FIRST));

    assertThat(device().online()).isTrue();
    assertThat(device().boot()).contains(SECOND);
  }

  @Test
  void noOrderOfLateAndRepeatedWordsMarksALiveDeviceDead() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int run = 0; run < 2_000; run++) {
      fleet = fleet();
      List<Word> words = late(random);
      words.forEach(word -> word.sayTo(fleet));
      assertThat(device().online()).as("seed %d, run %d", seed, run).isTrue();
      assertThat(device().boot()).as("seed %d, run %d", seed, run).contains(THIRD);
      assertThat(device().report().map(DeviceReport::boot)).contains(THIRD);
    }
  }

  @Test
  void aReportThatTheGoodbyeOvertookIsKeptButTellsOfNoLife() {
    say(birth(FIRST), report(FIRST, 1), goodbye(FIRST, 3), report(FIRST, 2), report(FIRST, 3));
    assertThat(device().online()).isFalse();
    assertThat(device().report().map(DeviceReport::number)).contains(3L);
    say(report(FIRST, 4));
    assertThat(device().online()).isTrue();
  }

  /**
   * Births in their order, the last a reconnection; wills and repetitions of what was said at any
   * time after it.
   */
  private static List<Word> late(Random random) {
    List<Word> words = new ArrayList<>();
    for (UUID life : List.of(FIRST, SECOND, THIRD)) {
      words.add(birth(life));
      words.add(report(life, 1));
    }
    words.add(birth(THIRD, 2));
    words.add(words.size() - random.nextInt(2), will(THIRD, 1));
    for (int i = 0; i < 2; i++) {
      UUID life = i == 0 ? FIRST : SECOND;
      int nextBirth = 2 * i + 2;
      for (Word repeated : List.of(will(life), birth(life), report(life, 1), will(life))) {
        words.add(nextBirth + 1 + random.nextInt(words.size() - nextBirth), repeated);
      }
    }
    return words;
  }

  private void say(Word... words) {
    for (Word word : words) {
      word.sayTo(fleet);
    }
  }

  private Device device() {
    return fleet.device(ONE).orElseThrow();
  }

  private static Fleet fleet() {
    return fleet(new MemoryFleetStore());
  }

  /** A controller that begins, on what is in the store. */
  private static Fleet fleet(FleetStore store) {
    return new Fleet(store, () -> Set.of(ONE));
  }

  private static Word birth(UUID boot) {
    return birth(boot, 1);
  }

  private static Word birth(UUID boot, long connection) {
    return fleet -> fleet.heard(new Presence(ONE, boot, connection, true, 0), NOW);
  }

  private static Word goodbye(UUID boot, long reports) {
    return fleet -> fleet.heard(new Presence(ONE, boot, 1, false, reports), NOW);
  }

  private static Word will(UUID boot) {
    return will(boot, 1);
  }

  private static Word will(UUID boot, long connection) {
    return fleet -> fleet.heard(new Presence(ONE, boot, connection, false, 0), NOW);
  }

  private static Word report(UUID boot, long number) {
    DeviceReport report =
        new DeviceReport(
            ONE,
            boot,
            number,
            NOW,
            new Inventory("linux/arm64/v8", "20.10.24", "0.1.0", 1, 1),
            Map.of(),
            List.of(),
            List.of());
    return fleet -> fleet.heard(report, NOW);
  }
}
