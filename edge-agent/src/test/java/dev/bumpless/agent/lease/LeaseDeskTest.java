package dev.bumpless.agent.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bumpless.agent.swap.Leases.Lease;
import dev.bumpless.manifest.AppName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LeaseDeskTest {
  private static final AppName PUMP = new AppName("pump");
  private static final AppName HMI = new AppName("hmi");
  private static final LeaseKey BATCH = new LeaseKey(Optional.of(PUMP), "batch-7");
  private static final LeaseKey PERSON = new LeaseKey(Optional.empty(), "ann");
  private static final Duration HOUR = Duration.ofHours(1);

  @TempDir private Path state;

  private final SetClock clock = new SetClock();
  private LeaseDesk desk;

  @BeforeEach
  void open() throws IOException {
    desk = LeaseDesk.open(state, clock);
  }

  private Optional<String> ownerOn(AppName app) {
    return desk.on(app).map(Lease::owner);
  }

  @Test
  void anAppsLeaseIsOnThatAppAlone() throws Exception {
    desk.take(BATCH, HOUR, "filling");

    assertThat(ownerOn(PUMP)).contains("batch-7");
    assertThat(ownerOn(HMI)).isEmpty();
  }

  @Test
  void aPersonsLeaseIsOnAllOfTheDevice() throws Exception {
    desk.take(PERSON, HOUR, "the cabinet is open");

    assertThat(ownerOn(PUMP)).contains("ann");
    assertThat(ownerOn(HMI)).contains("ann");
  }

  @Test
  void ofSeveralTheOneThatEndsLastIsTold() throws Exception {
    desk.take(BATCH, Duration.ofHours(2), "filling");
    desk.take(PERSON, HOUR, "the cabinet is open");

    assertThat(ownerOn(PUMP)).contains("batch-7");
    desk.giveBack(BATCH);
    assertThat(ownerOn(PUMP)).contains("ann");
  }

  @Test
  void itEndsByItself() throws Exception {
    desk.take(BATCH, HOUR, "filling");

    clock.pass(HOUR.minusSeconds(1));
    assertThat(ownerOn(PUMP)).isPresent();
    clock.pass(Duration.ofSeconds(1));
    assertThat(ownerOn(PUMP)).isEmpty();
    assertThat(desk.all()).isEmpty();
  }

  @Test
  void takenAgainItIsRenewed() throws Exception {
    desk.take(BATCH, HOUR, "filling");
    clock.pass(Duration.ofMinutes(50));
    desk.take(BATCH, HOUR, "still filling");
    clock.pass(Duration.ofMinutes(50));

    assertThat(desk.on(PUMP).map(Lease::reason)).contains("still filling");
    assertThat(desk.all()).hasSize(1);
  }

  @Test
  void aWatchThatIsSetChangesNothing() throws Exception {
    desk.take(BATCH, HOUR, "filling");

    clock.jump(Duration.ofDays(365));
    assertThat(ownerOn(PUMP)).isPresent();
    clock.jump(Duration.ofDays(-800));
    clock.pass(HOUR);
    assertThat(ownerOn(PUMP)).isEmpty();
  }

  @Test
  void itOutlivesTheAgent() throws Exception {
    desk.take(BATCH, HOUR, "filling");
    desk.take(PERSON, HOUR, "the cabinet is open");
    clock.pass(Duration.ofMinutes(20));
    desk.giveBack(PERSON);

    open();

    assertThat(ownerOn(PUMP)).contains("batch-7");
    assertThat(ownerOn(HMI)).isEmpty();
    clock.pass(Duration.ofMinutes(40));
    assertThat(ownerOn(PUMP)).isEmpty();
  }

  @Test
  void aRestartWithAClockThatWasSetBackGivesItItsWholeLengthAtMost() throws Exception {
    desk.take(BATCH, HOUR, "filling");
    clock.jump(Duration.ofDays(-10_000));

    open();

    assertThat(ownerOn(PUMP)).contains("batch-7");
    clock.pass(HOUR);
    assertThat(ownerOn(PUMP)).isEmpty();
  }

  @Test
  void aTornFileIsNoLeaseAndNoCrash() throws Exception {
    desk.take(BATCH, HOUR, "filling");
    Files.writeString(state.resolve("leases"), "half a li");

    open();

    assertThat(desk.all()).isEmpty();
  }

  @Test
  void whoWouldInterruptASwapGetsNone() throws Exception {
    assertThat(desk.close(PUMP, false)).isTrue();

    assertThatThrownBy(() -> desk.take(BATCH, HOUR, "filling")).hasMessageContaining("pump");
    assertThatThrownBy(() -> desk.take(PERSON, HOUR, "look")).hasMessageContaining("swapped");
    desk.take(new LeaseKey(Optional.of(HMI), "batch-7"), HOUR, "filling");
    desk.open(PUMP);
    desk.take(BATCH, HOUR, "filling");
  }

  @Test
  void aSwapThatComesSecondFindsTheDoorTaken() throws Exception {
    desk.take(PERSON, HOUR, "the cabinet is open");

    assertThat(desk.close(PUMP, false)).isFalse();
    assertThat(desk.close(PUMP, true)).isTrue();
    assertThat(ownerOn(PUMP)).contains("ann");
  }

  @Test
  void whoChangesSomethingTellsTheReconciler() throws Exception {
    AtomicInteger told = new AtomicInteger();
    desk.listen(told::incrementAndGet);

    desk.take(BATCH, HOUR, "filling");
    desk.giveBack(BATCH);
    desk.giveBack(BATCH);

    assertThat(told).hasValue(2);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 999, 86_400_001})
  void aLengthHasItsLimits(long millis) {
    assertThatThrownBy(() -> desk.take(BATCH, Duration.ofMillis(millis), "filling"))
        .hasMessageContaining("from 1s to 24h");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "two\nlines",
        "a tab\tor",
        "\u001b[2Jcleared",
        "\u202edesrever",
        "nul\u0000",
        "\u2028",
        "half \ud83d"
      })
  void aReasonIsALineThatAPersonCanRead(String reason) {
    assertThatThrownBy(() -> desk.take(BATCH, HOUR, reason)).isInstanceOf(Refusal.class);
    assertThat(ownerOn(PUMP)).isEmpty();
  }

  @Test
  void aReasonHasItsLength() throws Exception {
    desk.take(BATCH, HOUR, "ü".repeat(200));
    assertThatThrownBy(() -> desk.take(BATCH, HOUR, "ü".repeat(201))).isInstanceOf(Refusal.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-x", "two words", "a/b", "a\tb", "é"})
  void anOwnerIsAName(String owner) {
    assertThatThrownBy(() -> desk.take(new LeaseKey(Optional.of(PUMP), owner), HOUR, "filling"))
        .hasMessageContaining("an owner is 1 to 64");
  }

  @Test
  void anAppHasEightAndDoesNotUseUpTheOthers() throws Exception {
    for (int i = 0; i < LeaseDesk.MOST_EACH; i++) {
      desk.take(new LeaseKey(Optional.of(PUMP), "owner-" + i), HOUR, "filling");
    }

    assertThatThrownBy(() -> desk.take(BATCH, HOUR, "filling")).hasMessageContaining("8 leases");
    desk.take(PERSON, HOUR, "the cabinet is open");
  }

  @Test
  void nobodyWearsOutTheFlash() throws Exception {
    for (int i = 0; i < LeaseDesk.MOST_TAKES; i++) {
      desk.take(BATCH, HOUR, "filling");
    }

    assertThatThrownBy(() -> desk.take(BATCH, HOUR, "filling"))
        .hasMessageContaining("in 5 minutes");
    desk.take(PERSON, HOUR, "the cabinet is open");
    clock.pass(LeaseDesk.TAKES_WITHIN);
    desk.take(BATCH, HOUR, "filling");
  }
}
