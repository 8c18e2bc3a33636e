package dev.bumpless.agent.link;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bumpless.manifest.AppName;
import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.Order;
import dev.bumpless.protocol.Release;
import dev.bumpless.protocol.Revision;
import dev.bumpless.protocol.Samples;
import dev.bumpless.trust.Envelope;
import dev.bumpless.trust.Floors;
import dev.bumpless.trust.Signer;
import dev.bumpless.trust.Verifier;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Each attack of the security notes that an order can carry is refused by its own code. */
class AcceptanceTest {
  private static final Release SEVEN = Samples.release("pump", 7, 3);
  private static final Instant BUILT = Instant.parse("2026-11-23T00:00:00Z");

  private final Plant plant = new Plant();
  private final Acceptance acceptance =
      new Acceptance(Samples.DEVICE, new Verifier(plant.root), plant.codec);
  private Floors floors = Floors.none(BUILT);
  private boolean isHeld = true;
  private Instant clock = Samples.NOW;

  @Test
  void acceptsWhatBothKeysSigned() {
    Verdict.Accepted accepted = accept(plant.runs(12, SEVEN));
    assertThat(accepted.desired().order().sequence()).isEqualTo(12);
    assertThat(accepted.desired().release()).contains(SEVEN);
    assertThat(accepted.floors().of(Samples.PUMP))
        .hasValueSatisfying(
            floor -> {
              assertThat(floor.sequence()).isEqualTo(12);
              assertThat(floor.counter()).isEqualTo(3);
            });
    assertThat(accepted.floors().time()).isEqualTo(Samples.NOW);
  }

  @Test
  void acceptsStopAndDeleteWithoutARelease() {
    assertThat(accept(plant.stops(1, "pump")).desired().release()).isEmpty();
    assertThat(accept(plant.deletes(2, "pump")).desired().release()).isEmpty();
  }

  @Test
  void refusesNonsenseOfEveryKind() {
    byte[] good = plant.runs(12, SEVEN);
    for (int length = 0; length < good.length; length += 7) {
      refuses("MALFORMED", Arrays.copyOf(good, length));
    }
    refuses("MALFORMED", (new String(good, UTF_8) + "{}").getBytes(UTF_8));
    refuses("MALFORMED", "[".repeat(100_000).getBytes(UTF_8));
    refuses("TOO_LARGE", new byte[10 << 20]);
  }

  @Test
  void refusesWhatTheOrderKeyDidNotSign() {
    Order order = plant.order(12, plant.run(SEVEN));
    byte[] bytes = plant.codec.encode(order);
    Envelope release = plant.sign(SEVEN);
    Envelope signed = plant.sign(order);
    refuses(
        "UNSIGNED",
        plant.message(new Envelope(Envelope.ORDER, signed.payload(), List.of()), release));
    refuses("UNKNOWN_KEY", plant.message(Signer.generate().sign(Envelope.ORDER, bytes), release));
    refuses("WRONG_ROLE", plant.message(plant.releaseKey.sign(Envelope.ORDER, bytes), release));
    refuses("WRONG_TYPE", plant.message(plant.orderKey.sign(Envelope.RELEASE, bytes), release));
    Envelope other = plant.sign(plant.order(13, plant.run(SEVEN)));
    refuses(
        "BAD_SIGNATURE",
        plant.message(new Envelope(Envelope.ORDER, other.payload(), signed.signatures()), release));
  }

  @Test
  void refusesASignedPayloadWithUnknownOrDoubledKeys() {
    String json = new String(plant.codec.encode(plant.order(12, plant.run(SEVEN))), UTF_8);
    for (String change :
        List.of(
            json.replace("{\"id\"", "{\"also\":1,\"id\""),
            json.replace("\"sequence\":12", "\"sequence\":1,\"sequence\":12"),
            json + " ",
            json + "x")) {
      boolean isSame = change.equals(json + " ");
      Envelope signed = plant.orderKey.sign(Envelope.ORDER, change.getBytes(UTF_8));
      byte[] message = plant.message(signed, plant.sign(SEVEN));
      if (isSame) {
        accept(message);
      } else {
        refuses("MALFORMED", message);
      }
    }
  }

  @Test
  void refusesAnOrderForAnotherDevice() {
    Order order =
        plant.order(new DeviceId("dev-2"), 12, plant.run(SEVEN), Samples.NOW, Duration.ofHours(1));
    assertThat(refuses("WRONG_DEVICE", plant.message(plant.sign(order), plant.sign(SEVEN))))
        .contains("dev-2", "dev-1");
  }

  @Test
  void refusesAnOlderOrAnotherOrderOfTheSameNumber() {
    floors = accept(plant.runs(12, SEVEN)).floors();
    refuses("REPLAYED", plant.runs(11, SEVEN));
    refuses("REPLAYED", plant.stops(12, "pump"));
    refuses("REPLAYED", plant.stops(0, "other"));
    refuses("REPLAYED", plant.stops(-1, "other"));
    accept(plant.stops(13, "pump"));
    accept(plant.stops(1, "other"));
  }

  @Test
  void knowsAnOrderThatIsSaidTwice() {
    byte[] message = plant.runs(12, SEVEN);
    floors = accept(message).floors();
    assertThat(decide(message)).isInstanceOf(Verdict.Duplicate.class);
    isHeld = false;
    assertThat(accept(message).floors()).isEqualTo(floors);
    clock = Samples.NOW.plus(Duration.ofDays(1));
    accept(message);
  }

  @Test
  void refusesAnExpiredOrderAndSaysWhatTimeItIsHere() {
    clock = Samples.NOW.plus(Duration.ofHours(1));
    assertThat(refuses("EXPIRED", plant.runs(12, SEVEN))).contains("2026-11-25T11:00:00Z");
    clock = clock.minusMillis(1);
    accept(plant.runs(12, SEVEN));
  }

  @Test
  void aClockInThePastIsRaisedToTheFloorAndOneInTheFutureExpiresEverything() {
    floors = Floors.none(Samples.NOW.plus(Duration.ofHours(2)));
    clock = Instant.EPOCH;
    assertThat(refuses("EXPIRED", plant.runs(12, SEVEN))).contains("its clock says 1970-01-01");
    floors = Floors.none(BUILT);
    accept(plant.runs(12, SEVEN));
    clock = Instant.parse("2040-01-01T00:00:00Z");
    refuses("EXPIRED", plant.runs(12, SEVEN));
  }

  @Test
  void refusesARunWithoutItsReleaseOrWithAnotherOne() {
    Order order = plant.order(12, plant.run(SEVEN));
    Release eight = Samples.release("pump", 8, 3);
    refuses("RELEASE_MISSING", plant.message(plant.sign(order)));
    refuses("RELEASE_MISMATCH", plant.message(plant.sign(order), plant.sign(eight)));
    Order confused =
        plant.order(
            12, new Order.Run(new Revision(eight.id(), 1), plant.run(SEVEN).releaseSha256()));
    assertThat(refuses("RELEASE_MISMATCH", plant.message(plant.sign(confused), plant.sign(SEVEN))))
        .contains("pump@7", "pump@8");
  }

  @Test
  void refusesAReleaseThatTheReleaseKeyDidNotSign() {
    Order order = plant.order(12, plant.run(SEVEN));
    byte[] bytes = plant.codec.encode(SEVEN);
    Envelope signed = plant.sign(SEVEN);
    refuses(
        "WRONG_ROLE",
        plant.message(plant.sign(order), plant.orderKey.sign(Envelope.RELEASE, bytes)));
    refuses(
        "UNSIGNED",
        plant.message(
            plant.sign(order), new Envelope(Envelope.RELEASE, signed.payload(), List.of())));
    refuses("WRONG_TYPE", plant.message(plant.sign(order), plant.sign(order)));
  }

  @Test
  void refusesAReleaseBelowTheHighestFloorSeenButNoOtherUndo() {
    floors = accept(plant.runs(12, SEVEN)).floors();
    assertThat(refuses("FLOOR", plant.runs(13, Samples.release("pump", 2, 0)))).contains("pump@2");
    floors = accept(plant.runs(13, Samples.release("pump", 3, 0))).floors();
    assertThat(floors.of(Samples.PUMP))
        .hasValueSatisfying(floor -> assertThat(floor.counter()).isEqualTo(3));
    accept(plant.stops(14, "pump"));
    accept(plant.runs(14, Samples.release("other", 1, 0)));
  }

  @Test
  void aStoppedAppDoesNotForgetItsFloor() {
    floors = accept(plant.runs(12, SEVEN)).floors();
    floors = accept(plant.stops(13, "pump")).floors();
    floors = accept(plant.deletes(14, "pump")).floors();
    refuses("FLOOR", plant.runs(15, Samples.release("pump", 2, 0)));
  }

  @Test
  void refusesEverythingWithoutFloors() {
    Verdict verdict =
        acceptance.decide(plant.runs(12, SEVEN), Optional.empty(), order -> true, clock);
    assertThat(verdict)
        .isInstanceOfSatisfying(
            Verdict.Rejected.class, r -> assertThat(r.code()).isEqualTo("TRUST_LOST"));
  }

  @Test
  void tellsTheRolloutOfRefusalsThatTheControllerCaused() {
    clock = Samples.NOW.plus(Duration.ofHours(1));
    assertThat(rejected(plant.runs(12, SEVEN)).order()).isPresent();
    clock = Samples.NOW;
    floors = accept(plant.runs(12, SEVEN)).floors();
    assertThat(rejected(plant.runs(13, Samples.release("pump", 2, 0))).order()).isPresent();
    assertThat(rejected(plant.message(plant.sign(plant.order(13, plant.run(SEVEN))))).order())
        .isPresent();
    assertThat(rejected(plant.runs(11, SEVEN)).order()).isEmpty();
    assertThat(rejected(new byte[0]).order()).isEmpty();
  }

  private Verdict decide(byte[] message) {
    return acceptance.decide(message, Optional.of(floors), order -> isHeld, clock);
  }

  private Verdict.Accepted accept(byte[] message) {
    Verdict verdict = decide(message);
    assertThat(verdict).isInstanceOf(Verdict.Accepted.class);
    return (Verdict.Accepted) verdict;
  }

  private Verdict.Rejected rejected(byte[] message) {
    Verdict verdict = decide(message);
    assertThat(verdict).isInstanceOf(Verdict.Rejected.class);
    return (Verdict.Rejected) verdict;
  }

  private String refuses(String code, byte[] message) {
    Verdict.Rejected rejected = rejected(message);
    assertThat(rejected.code()).as(rejected.message()).isEqualTo(code);
    return rejected.message();
  }

  @Test
  void namesItsAppsByTheirOwnNames() {
    assertThat(accept(plant.stops(1, "web")).desired().order().app()).isEqualTo(new AppName("web"));
  }
}
