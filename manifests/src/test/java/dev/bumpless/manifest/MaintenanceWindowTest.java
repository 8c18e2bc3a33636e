package dev.bumpless.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MaintenanceWindowTest {
  private static final ZoneId VIENNA = ZoneId.of("Europe/Vienna");

  @ParameterizedTest
  @CsvSource({
    "0 2 * * SUN,        2026-11-26T10:00:00, 2026-11-29T02:00",
    "0 2 * * 7,          2026-11-26T10:00:00, 2026-11-29T02:00",
    "0 2 * * 0,          2026-11-29T02:00:00, 2026-11-29T02:00",
    "0 2 * * 0,          2026-11-29T02:00:01, 2026-12-06T02:00",
    "*/15 * * * *,       2026-11-26T10:46:00, 2026-11-26T11:00",
    "5/20 8-9 * * *,     2026-11-26T09:46:00, 2026-11-27T08:05",
    "'0 0 1,15 * *',     2026-11-26T10:00:00, 2026-12-01T00:00",
    "0 0 13 * FRI,       2026-11-26T10:00:00, 2026-11-27T00:00",
    "0 0 31 * *,         2026-11-26T10:00:00, 2026-12-31T00:00",
    "30 23 * JAN-MAR *,  2026-11-26T10:00:00, 2027-01-01T23:30",
    "0 0 29 FEB *,       2026-11-26T10:00:00, 2028-02-29T00:00",
    "59 23 31 12 *,      2026-12-31T23:59:00, 2026-12-31T23:59"
  })
  void cronTellsTheNextMoment(String cron, LocalDateTime from, LocalDateTime next) {
    assertThat(Cron.parse(cron).next(from)).contains(next);
  }

  @ParameterizedTest
  @CsvSource({
    "'* * * *'",
    "'60 * * * *'",
    "'* * 0 * *'",
    "'* * * 13 *'",
    "'* * * * 8'",
    "'a * * * *'",
    "'5-1 * * * *'",
    "'*/0 * * * *'",
    "'1,,2 * * * *'",
    "'1-2-3 * * * *'",
    "'* * 30 2 *'",
    "'*/1/1 * * * *'",
    "'* * 31 4,6,9,11 *'"
  })
  void whatIsNoCronIsRefused(String cron) {
    assertThatThrownBy(() -> Cron.parse(cron)).isInstanceOf(InvalidManifestException.class);
  }

  @Test
  void aWindowIsOpenFromItsMomentForItsLength() {
    MaintenanceWindow window = weekly("0 2 * * SUN", Duration.ofHours(2));
    Instant opening = Instant.parse("2026-11-29T01:00:00Z");

    assertThat(window.openUntil(opening.minusSeconds(1))).isEmpty();
    assertThat(window.openingAfter(opening.minusSeconds(1))).contains(opening);
    assertThat(window.openUntil(opening)).contains(opening.plusSeconds(7200));
    assertThat(window.openUntil(opening.plusSeconds(7199))).contains(opening.plusSeconds(7200));
    assertThat(window.openUntil(opening.plusSeconds(7200))).isEmpty();
    assertThat(window.isOver(opening.plusSeconds(7200))).isFalse();
  }

  @Test
  void anOpeningIsTheOneThatIsOnOrTheNext() {
    MaintenanceWindow window = weekly("0 2 * * SUN", Duration.ofHours(2));
    Opening first =
        new Opening(Instant.parse("2026-11-29T01:00:00Z"), Instant.parse("2026-11-29T03:00:00Z"));
    Opening second =
        new Opening(Instant.parse("2026-12-06T01:00:00Z"), Instant.parse("2026-12-06T03:00:00Z"));

    assertThat(window.opening(first.from().minusSeconds(1))).contains(first);
    assertThat(window.opening(first.from())).contains(first);
    assertThat(window.opening(first.until().minusSeconds(1))).contains(first);
    assertThat(window.opening(first.until())).contains(second);
    assertThat(first.isAhead(first.from().minusSeconds(1))).isTrue();
    assertThat(first.isAhead(first.from())).isFalse();
    assertThat(first.isOver(first.until().minusSeconds(1))).isFalse();
    assertThat(first.isOver(first.until())).isTrue();
  }

  @Test
  void windowsThatOverlapStayOpen() {
    MaintenanceWindow window = weekly("0 * * * *", Duration.ofMinutes(90));
    Instant now = Instant.parse("2026-11-29T01:10:00Z");

    assertThat(window.openUntil(now)).contains(Instant.parse("2026-11-29T02:30:00Z"));
  }

  @Test
  void aMomentThatTheClocksLeapOverOpensThatMuchLater() {
    MaintenanceWindow window = weekly("30 2 * * *", Duration.ofMinutes(10));

    assertThat(window.openingAfter(Instant.parse("2027-03-27T12:00:00Z")))
        .contains(Instant.parse("2027-03-28T01:30:00Z"));
  }

  @Test
  void aMomentThatComesTwiceOpensTheFirstTimeOnly() {
    MaintenanceWindow window = weekly("30 2 * * *", Duration.ofMinutes(10));

    assertThat(window.openingAfter(Instant.parse("2026-10-24T12:00:00Z")))
        .contains(Instant.parse("2026-10-25T00:30:00Z"));
    assertThat(window.openingAfter(Instant.parse("2026-10-25T00:30:00Z")))
        .contains(Instant.parse("2026-10-26T01:30:00Z"));
  }

  @Test
  void aSingleMomentIsOverOnceItsLengthIs() {
    MaintenanceWindow window =
        new MaintenanceWindow(
            Optional.empty(),
            Optional.of(LocalDateTime.of(2026, 12, 6, 2, 0)),
            Duration.ofHours(1),
            VIENNA);
    Instant opening = Instant.parse("2026-12-06T01:00:00Z");

    assertThat(window.isOver(opening.minusSeconds(1))).isFalse();
    assertThat(window.isOver(opening.plusSeconds(3599))).isFalse();
    assertThat(window.isOver(opening.plusSeconds(3600))).isTrue();
    assertThat(window.opening(opening.plusSeconds(3600))).isEmpty();
  }

  private static MaintenanceWindow weekly(String cron, Duration length) {
    return new MaintenanceWindow(Optional.of(Cron.parse(cron)), Optional.empty(), length, VIENNA);
  }
}
