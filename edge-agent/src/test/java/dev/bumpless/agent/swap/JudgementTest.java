package dev.bumpless.agent.swap;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class JudgementTest {
  private static Window window(long answered, long errors, long millis) {
    return new Window(
        answered,
        errors,
        new AnswerTimes(
            answered == 0
                ? new TreeMap<>()
                : new TreeMap<>(Map.of(Duration.ofMillis(millis), answered))));
  }

  @Test
  void oneErrorInAHundredMoreThanBeforeIsBorneAndTwoAreNot() {
    Window before = window(1000, 10, 5);

    assertThat(Judgement.ofErrors(before, window(1000, 20, 5))).isEmpty();
    assertThat(Judgement.ofErrors(before, window(1000, 30, 5)).orElseThrow())
        .returns(true, Judgement::isWorse)
        .extracting(Judgement::text)
        .isEqualTo("3.0 % of its 1000 answers were errors, 1.0 % before the flip");
  }

  @Test
  void fewRequestsTellNothing() {
    assertThat(Judgement.ofErrors(window(1000, 0, 5), window(49, 49, 5))).isEmpty();
    assertThat(Judgement.ofErrors(window(49, 0, 5), window(1000, 1000, 5))).isEmpty();
    assertThat(Judgement.ofTimes(window(49, 0, 5), window(1000, 0, 900), Judgement.WHILE))
        .returns(false, Judgement::isWorse)
        .extracting(Judgement::text)
        .asString()
        .startsWith("inconclusive: 1000 requests");
  }

  @Test
  void slowerIsTwiceAsSlowAndFiftyMillisecondsMore() {
    assertThat(Judgement.ofTimes(window(50, 0, 5), window(50, 0, 55), Judgement.WHILE).isWorse())
        .isFalse();
    assertThat(Judgement.ofTimes(window(50, 0, 5), window(50, 0, 56), Judgement.WHILE).isWorse())
        .isTrue();
    assertThat(Judgement.ofTimes(window(50, 0, 100), window(50, 0, 200), Judgement.WHILE).isWorse())
        .isFalse();
    assertThat(Judgement.ofTimes(window(50, 0, 100), window(50, 0, 201), Judgement.WHILE).isWorse())
        .isTrue();
  }

  @Test
  void aShortWhileTellsOfTheMachineAndNotOfTheApp() {
    assertThat(Judgement.ofTimes(window(999, 0, 5), window(999, 0, 900), Duration.ofSeconds(9)))
        .returns(false, Judgement::isWorse)
        .extracting(Judgement::text)
        .asString()
        .startsWith("inconclusive: the second half of the bake is 9 s, and 10 s are needed");
  }

  @Test
  void whatIsNearlyFullIsToldWithItsLimit() {
    MemoryUse full = new MemoryUse("plc", 59L << 20, 64L << 20);

    assertThat(Judgement.ofMemory(Optional.of(full)).orElseThrow().text())
        .contains("'plc' uses 59 MiB of 64 MiB");
    assertThat(Judgement.ofMemory(Optional.of(new MemoryUse("plc", 32L << 20, 64L << 20))))
        .isEmpty();
    assertThat(Judgement.ofMemory(Optional.empty())).isEmpty();
  }

  @Test
  void aWindowIsWhatCameInBetween() {
    assertThat(window(120, 5, 5).since(window(100, 2, 5))).isEqualTo(window(20, 3, 5));
    assertThat(window(7, 0, 5).since(window(100, 2, 5))).isEqualTo(window(7, 0, 5));
  }
}
