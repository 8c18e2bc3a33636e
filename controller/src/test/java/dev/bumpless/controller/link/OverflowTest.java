package dev.bumpless.controller.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class OverflowTest {
  private static final Duration A_DAY = Duration.ofDays(1);

  private final Overflow overflow = new Overflow();
  private Instant now = Instant.parse("2026-11-25T10:00:00Z");

  @Test
  void isMendedOnceTheQueueIsWorkedOff() {
    assertThat(isToBeMended()).as("nothing was dropped").isFalse();

    assertThat(overflow.happened()).isTrue();
    assertThat(overflow.happened()).as("the first").isFalse();

    assertThat(overflow.isToBeMended(now, false)).isFalse();
    assertThat(isToBeMended()).isTrue();
    overflow.connecting();
    assertThat(isToBeMended()).isFalse();
  }

  @Test
  void anyConnectionMendsIt() {
    overflow.happened();

    overflow.connecting();

    assertThat(isToBeMended()).isFalse();
    assertThat(overflow.happened()).isTrue();
  }

  @Test
  void whereItRunsOverEachTimeTheNextIsLaterAndLater() {
    int mended = connectionsIn(A_DAY);
    assertThat(mended).isBetween(90, 100);

    now = now.plus(Overflow.LONGEST_PAUSE);
    overflow.happened();
    assertThat(isToBeMended()).isTrue();
    overflow.connecting();
    overflow.happened();
    now = now.plus(Overflow.LONGEST_PAUSE).minusSeconds(1);
    assertThat(isToBeMended()).isFalse();
  }

  @Test
  void afterAnHourOfCalmItIsMendedSoonAgain() {
    connectionsIn(A_DAY);
    now = now.plus(Overflow.CALM).plus(Overflow.LONGEST_PAUSE);
    overflow.happened();
    assertThat(isToBeMended()).isTrue();
    overflow.connecting();

    now = now.plus(Overflow.FIRST_PAUSE);
    overflow.happened();

    assertThat(isToBeMended()).isTrue();
  }

  @Test
  void aClockThatIsSetBackDoesNotPutItOff() {
    overflow.happened();
    assertThat(isToBeMended()).isTrue();
    overflow.connecting();

    now = now.minus(A_DAY);
    overflow.happened();

    assertThat(isToBeMended()).isTrue();
  }

  private boolean isToBeMended() {
    return overflow.isToBeMended(now, true);
  }

  /** How often it connects where each connection runs over. */
  private int connectionsIn(Duration time) {
    int connections = 0;
    Instant end = now.plus(time);
    for (; now.isBefore(end); now = now.plusSeconds(1)) {
      overflow.happened();
      if (isToBeMended()) {
        overflow.connecting();
        connections++;
      }
    }
    return connections;
  }
}
