package dev.bumpless.agent.link;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bumpless.manifest.AppName;
import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.Samples;
import dev.bumpless.trust.AtomicFile;
import dev.bumpless.trust.Verifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OrderDeskTest {
  private static final Instant BUILT = Instant.parse("2026-11-23T00:00:00Z");
  private static final AppName WEB = new AppName("web");

  @TempDir Path state;
  private final Plant plant = new Plant();
  private OrderDesk desk;

  @BeforeEach
  void start() throws IOException {
    desk = restart();
  }

  @Test
  void knowsAfterARestartWhatItShallRun() throws IOException {
    take(plant.runs(1, "pump", 7));
    take(plant.runs(2, "web", 1));
    take(plant.runs(3, "pump", 8));
    take(plant.stops(4, "web"));
    OrderDesk after = restart();
    assertThat(after.troubles()).isEmpty();
    assertThat(after.sequences()).isEqualTo(Map.of(Samples.PUMP, 3L, WEB, 4L));
    assertThat(after.kept()).hasSize(2);
    assertThat(after.kept().get(0).release()).contains(Samples.release("pump", 8, 0));
    assertThat(after.kept().get(1).release()).isEmpty();
  }

  @Test
  void anAcceptedOrderStandsHoweverOldItGets() throws IOException {
    take(plant.runs(1, "pump", 7));
    assertThat(restart().kept()).hasSize(1);
    Verdict late = restart().take(plant.runs(1, "pump", 7), Samples.NOW.plus(Duration.ofDays(99)));
    assertThat(late).isInstanceOf(Verdict.Duplicate.class);
  }

  @Test
  void aReplayIsRefusedAfterARestartToo() throws IOException {
    take(plant.runs(5, "pump", 7));
    desk = restart();
    assertThat(code(plant.runs(4, "pump", 7))).isEqualTo("REPLAYED");
  }

  @Test
  void aPowerCutBetweenFloorAndOrderCostsOneRepetition() throws IOException {
    byte[] first = plant.runs(5, "pump", 7);
    byte[] second = plant.runs(6, "pump", 8);
    take(first);
    byte[] firstFile = Files.readAllBytes(orderFile("pump"));
    take(second);
    Files.write(orderFile("pump"), firstFile); // as if the second had not reached the disk
    desk = restart();
    assertThat(desk.kept().get(0).order().sequence()).isEqualTo(5);
    assertThat(desk.sequences()).containsEntry(Samples.PUMP, 5L);
    assertThat(code(first)).isEqualTo("REPLAYED");
    take(second);
    assertThat(restart().sequences()).containsEntry(Samples.PUMP, 6L);
  }

  @Test
  void aTornOrderCostsItselfAloneAndIsTakenAgain() throws IOException {
    byte[] pump = plant.runs(1, "pump", 7);
    take(pump);
    take(plant.runs(2, "web", 1));
    byte[] whole = Files.readAllBytes(orderFile("pump"));
    for (int length = 0; length < whole.length; length += 11) {
      Files.write(orderFile("pump"), Arrays.copyOf(whole, length));
      OrderDesk torn = restart();
      assertThat(torn.sequences()).isEqualTo(Map.of(WEB, 2L));
      assertThat(torn.troubles()).hasSize(1);
      assertThat(torn.troubles().get(0)).contains("pump.order is left out");
    }
    desk = restart();
    take(pump);
    assertThat(restart().sequences()).isEqualTo(Map.of(Samples.PUMP, 1L, WEB, 2L));
  }

  @Test
  void anOrderThatSomebodyPutThereIsNotObeyed() throws IOException {
    new AtomicFile(orderFile("pump")).write(new Plant().runs(1, "pump", 7));
    new AtomicFile(orderFile("web")).write("{}".getBytes(UTF_8));
    new AtomicFile(orderFile("alias")).write(plant.runs(1, "pump", 7));
    OrderDesk found = restart();
    assertThat(found.kept()).isEmpty();
    assertThat(found.troubles()).hasSize(3);
  }

  @Test
  void anotherDevicesDiskIsNotObeyed() throws IOException {
    take(plant.runs(1, "pump", 7));
    OrderDesk other =
        OrderDesk.open(state, new DeviceId("dev-2"), new Verifier(plant.root), plant.codec, BUILT);
    assertThat(other.kept()).isEmpty();
    assertThat(other.troubles().get(0)).contains("this is dev-2");
  }

  @Test
  void lostFloorsRefuseNewOrdersAndKeepWhatRuns() throws IOException {
    take(plant.runs(1, "pump", 7));
    Files.delete(state.resolve("floors"));
    desk = restart();
    assertThat(desk.kept()).hasSize(1);
    assertThat(desk.troubles().get(0)).contains("floors is missing");
    assertThat(code(plant.runs(2, "pump", 8))).isEqualTo("TRUST_LOST");
    assertThat(restart().sequences()).containsEntry(Samples.PUMP, 1L);
  }

  @Test
  void lostFloorsAreNoticedWhereEveryAppWasDeleted() throws IOException {
    take(plant.deletes(1, "pump"));
    desk.forget(Samples.PUMP);
    Files.delete(state.resolve("floors"));
    desk = restart();
    assertThat(code(plant.runs(2, "pump", 8))).isEqualTo("TRUST_LOST");
  }

  @Test
  void tornFloorsRefuseNewOrdersToo() throws IOException {
    Files.writeString(state.resolve("floors"), "torn");
    desk = restart();
    assertThat(code(plant.runs(2, "pump", 8))).isEqualTo("TRUST_LOST");
  }

  @Test
  void aFullDiskRefusesForNowAndChangesNothing() throws IOException {
    take(plant.runs(1, "pump", 7));
    Path inTheWay = Files.createDirectories(state.resolve("orders/pump.order.next/x"));
    assertThat(code(plant.runs(2, "pump", 8))).isEqualTo("NOT_STORED");
    assertThat(restart().sequences()).containsEntry(Samples.PUMP, 1L);
    Files.delete(inTheWay);
    Files.delete(inTheWay.getParent());
    take(plant.runs(2, "pump", 8));
  }

  @Test
  void whatIsForgottenIsNotHeldAfterARestart() throws IOException {
    take(plant.deletes(1, "pump"));
    assertThat(desk.holds(Samples.PUMP, 1)).isTrue();
    desk.forget(Samples.PUMP);
    assertThat(desk.holds(Samples.PUMP, 1)).isFalse();
    assertThat(restart().kept()).isEmpty();
    assertThat(restart().troubles()).isEmpty();
  }

  private OrderDesk restart() throws IOException {
    return OrderDesk.open(state, Samples.DEVICE, new Verifier(plant.root), plant.codec, BUILT);
  }

  private void take(byte[] message) {
    assertThat(desk.take(message, Samples.NOW)).isInstanceOf(Verdict.Accepted.class);
  }

  private String code(byte[] message) {
    Verdict verdict = desk.take(message, Samples.NOW);
    assertThat(verdict).isInstanceOf(Verdict.Rejected.class);
    return ((Verdict.Rejected) verdict).code();
  }

  private Path orderFile(String app) {
    return state.resolve("orders/" + app + ".order");
  }
}
