package dev.bumpless.agent.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bumpless.protocol.AppReport;
import dev.bumpless.protocol.DeviceReport;
import dev.bumpless.protocol.Order;
import dev.bumpless.protocol.Phase;
import dev.bumpless.protocol.ReportAck;
import dev.bumpless.protocol.Samples;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ReportBoxTest {
  private static final UUID BOOT = new UUID(1, 2);

  private final Plant plant = new Plant();
  private final ReportBox box = new ReportBox(Samples.DEVICE, BOOT, Map.of("site", "plant-a"));

  @Test
  void numbersWhatIsNewAndRepeatsWhatIsNot() {
    assertThat(next().number()).isEqualTo(1);
    assertThat(next().number()).isEqualTo(1);
    box.put(report(1, Phase.PULLING));
    assertThat(next().number()).isEqualTo(2);
    assertThat(box.isSettled()).isFalse();
    assertThat(box.acknowledge(new ReportAck(BOOT, 1))).isFalse();
    assertThat(box.acknowledge(new ReportAck(new UUID(9, 9), 2))).isFalse();
    assertThat(box.acknowledge(new ReportAck(BOOT, 2))).isTrue();
    assertThat(box.acknowledge(new ReportAck(BOOT, 2))).isFalse();
    assertThat(box.isSettled()).isTrue();
  }

  @Test
  void tellsEveryEndInOrderThenTheNewest() {
    box.put(report(1, Phase.SUPERSEDED));
    box.put(report(2, Phase.CANCELLED));
    box.put(report(3, Phase.PULLING));
    assertThat(tell()).isEqualTo(Phase.SUPERSEDED);
    assertThat(tell()).isEqualTo(Phase.CANCELLED);
    assertThat(tell()).isEqualTo(Phase.PULLING);
    assertThat(box.isSettled()).isTrue();
  }

  @Test
  void anEndThatIsToldIsNotToldAgain() {
    box.put(report(1, Phase.COMMITTED));
    assertThat(tell()).isEqualTo(Phase.COMMITTED);
    box.put(report(2, Phase.PULLING));
    assertThat(tell()).isEqualTo(Phase.PULLING);
  }

  @Test
  void aRefusalHidesNeitherTheEndBeforeNorIsItHiddenByTheNextOrder() {
    box.put(report(1, Phase.COMMITTED));
    Order two = plant.order(2, new Order.Stop(Samples.PUMP));
    box.refuse(two, Phase.REJECTED, "why", Samples.NOW);
    box.put(report(3, Phase.PULLING));
    assertThat(tell()).isEqualTo(Phase.COMMITTED);
    assertThat(tell()).isEqualTo(Phase.REJECTED);
    assertThat(tell()).isEqualTo(Phase.PULLING);
  }

  @Test
  void aRefusalShowsWhatServesAllTheWhile() {
    Order two = plant.order(2, new Order.Stop(Samples.PUMP));
    box.refuse(two, Phase.REJECTED, "why", Samples.NOW);
    assertThat(next().apps().get(0).slot()).isEmpty();
    box.put(report(1, Phase.COMMITTED));
    AppReport shown = next().apps().get(0);
    assertThat(shown.phase()).isEqualTo(Phase.REJECTED);
    assertThat(shown.slot()).contains("green");
    assertThat(shown.containers()).isEqualTo(Map.of("0/main", "running"));
  }

  @Test
  void everyReportBearsTheLabels() {
    DeviceReport report = next();

    assertThat(report.labels()).isEqualTo(Map.of("site", "plant-a"));
    assertThat(ReportBox.slim(report).labels()).isEqualTo(report.labels());
  }

  @Test
  void keepsSixteenRejectionsAndEachOnce() {
    for (int i = 0; i < 40; i++) {
      assertThat(box.reject("CODE", "message " + i, "key " + i, Samples.NOW)).isTrue();
      assertThat(box.reject("CODE", "message " + i, "key " + i, Samples.NOW)).isFalse();
    }
    List<DeviceReport.Rejection> rejected = next().rejected();
    assertThat(rejected).hasSize(16);
    assertThat(rejected.get(15).message()).isEqualTo("message 39");
  }

  @Test
  void keepsAtMostSixteenEnds() {
    for (int i = 1; i <= 100; i++) {
      box.put(report(i, Phase.SUPERSEDED));
    }
    int reports = 0;
    while (!box.isSettled()) {
      tell();
      reports++;
    }
    assertThat(reports).isEqualTo(17);
  }

  @Test
  void cutsEndlessMessages() {
    AppReport endless = withMessage("x".repeat(1_000_000));
    box.put(endless);
    assertThat(next().apps().get(0).message()).hasSize(ReportBox.MOST_MESSAGE_CHARS);
    assertThat(ReportBox.slim(next()).apps().get(0).message()).hasSize(200);
  }

  private Phase tell() {
    DeviceReport report = next();
    box.acknowledge(new ReportAck(BOOT, report.number()));
    return report.apps().get(0).phase();
  }

  private DeviceReport next() {
    return box.next(new DeviceReport.Inventory("", "", "", 0, 0), List.of(), Samples.NOW);
  }

  private static AppReport withMessage(String message) {
    return report(1, Phase.PULLING, message);
  }

  private static AppReport report(long sequence, Phase phase) {
    return report(sequence, phase, "");
  }

  private static AppReport report(long sequence, Phase phase, String message) {
    return new AppReport(
        Samples.PUMP,
        new UUID(0, sequence),
        sequence,
        phase,
        Optional.empty(),
        Optional.empty(),
        Optional.of("green"),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        message,
        Map.of("0/main", "running"),
        Samples.NOW);
  }
}
