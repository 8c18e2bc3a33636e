package dev.bumpless.router.table;

import static dev.bumpless.router.table.Samples.BLUE;
import static dev.bumpless.router.table.Samples.GREEN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.bumpless.router.table.RouteTable.Granted;
import dev.bumpless.router.table.TableException.Code;
import java.io.IOException;
import java.net.BindException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RouteTableTest {
  private static final Duration LONG = Duration.ofMinutes(1);

  /** Listeners that listen to nobody. */
  private static class Ears implements Listening {
    private final Set<Endpoint> open = new TreeSet<>();
    private final Set<Endpoint> accepting = new TreeSet<>();
    private final Set<Endpoint> taken = new TreeSet<>();

    @Override
    public void bind(Endpoint listen, Protocol protocol, Gate gate) throws IOException {
      if (taken.contains(listen)) {
        throw new BindException("Address already in use");
      }
      open.add(listen);
    }

    @Override
    public void keepTrying(Endpoint listen, Protocol protocol, Gate gate) {
      open.add(listen);
      accepting.add(listen);
    }

    @Override
    public void accept(Endpoint listen) {
      accepting.add(listen);
    }

    @Override
    public void close(Endpoint listen) {
      open.remove(listen);
      accepting.remove(listen);
    }

    @Override
    public Map<Endpoint, String> states() {
      return Map.of();
    }
  }

  @TempDir Path folder;
  private final Ears ears = new Ears();
  private RouteTable table;

  @BeforeEach
  void start() throws IOException {
    table = new RouteTable(folder, ears, "boot");
    table.start();
  }

  @AfterEach
  void stop() {
    table.close();
  }

  private void define() throws TableException {
    table.define("pump", Samples.routes(), Samples.targets());
  }

  private AppRecord pump() {
    return table.apps().get(0).app();
  }

  private static void assertRefused(Code code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(TableException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  @Test
  void a_definition_listens_and_serves_nobody_until_a_flip() throws Exception {
    define();
    assertThat(ears.accepting).isEqualTo(Samples.routes().keySet());
    assertThat(pump().serving()).isEmpty();
    assertThat(pump().generation()).isEqualTo(1);
  }

  @Test
  void the_same_definition_again_changes_nothing() throws Exception {
    define();
    define();
    assertThat(pump().generation()).isEqualTo(1);
  }

  @Test
  void a_flip_is_on_disk_before_it_is_answered() throws Exception {
    define();
    Granted hold = table.hold("pump", LONG, this);
    table.flip("pump", Set.of(GREEN), hold.token());
    RouteTable reborn = new RouteTable(folder, new Ears(), "boot2");
    reborn.start();
    assertThat(reborn.apps().get(0).app()).isEqualTo(pump());
    assertThat(pump().serving()).containsExactly(GREEN);
    reborn.close();
  }

  @Test
  void a_flip_again_succeeds_even_when_the_hold_is_over_and_another_does_not() throws Exception {
    define();
    Granted hold = table.hold("pump", LONG, this);
    long generation = table.flip("pump", Set.of(GREEN), hold.token());
    assertThat(table.flip("pump", Set.of(GREEN), hold.token())).isEqualTo(generation);
    table.release("pump", hold.token());
    assertThat(table.flip("pump", Set.of(GREEN), hold.token())).isEqualTo(generation);
    assertRefused(Code.HOLD_LOST, () -> table.flip("pump", Set.of(BLUE), hold.token()));
    Granted other = table.hold("pump", LONG, this);
    table.flip("pump", Set.of(BLUE), other.token());
    assertRefused(Code.HOLD_LOST, () -> table.flip("pump", Set.of(GREEN), hold.token()));
    assertThat(pump().serving()).containsExactly(BLUE);
  }

  @Test
  void one_hold_can_flip_there_and_back() throws Exception {
    define();
    Granted hold = table.hold("pump", LONG, this);
    table.flip("pump", Set.of(GREEN), hold.token());
    table.flip("pump", Set.of(BLUE), hold.token());
    assertThat(pump().serving()).containsExactly(BLUE);
    assertThat(pump().generation()).isEqualTo(3);
  }

  @Test
  void a_late_flip_does_nothing() throws Exception {
    define();
    Granted hold = table.hold("pump", Duration.ofMillis(20), this);
    await().until(() -> table.apps().get(0).hold().equals("none"));
    assertRefused(Code.HOLD_LOST, () -> table.flip("pump", Set.of(GREEN), hold.token()));
    assertRefused(Code.HOLD_LOST, () -> table.release("pump", hold.token()));
    assertThat(pump().serving()).isEmpty();
    assertThat(folder).isDirectoryNotContaining("glob:**.next");
  }

  @Test
  void an_expired_hold_that_had_flipped_is_released_without_complaint() throws Exception {
    define();
    Granted hold = table.hold("pump", Duration.ofMillis(200), this);
    table.flip("pump", Set.of(GREEN), hold.token());
    await().until(() -> table.apps().get(0).hold().equals("none"));
    assertThat(table.release("pump", hold.token()).cause()).isEqualTo(Ended.Cause.EXPIRED);
  }

  @Test
  void a_hold_ends_with_its_owner_and_only_with_its_own() throws Exception {
    define();
    Granted hold = table.hold("pump", LONG, "owner");
    table.ownerGone("somebody else");
    assertRefused(Code.HELD, () -> table.hold("pump", LONG, this));
    table.ownerGone("owner");
    assertRefused(Code.HOLD_LOST, () -> table.flip("pump", Set.of(GREEN), hold.token()));
    table.hold("pump", LONG, this);
  }

  @Test
  void a_definition_within_a_hold_fences_its_flip() throws Exception {
    define();
    Granted hold = table.hold("pump", LONG, this);
    var fewer = Samples.targets();
    fewer.remove(BLUE);
    table.define("pump", Samples.routes(), fewer);
    assertRefused(Code.HOLD_LOST, () -> table.flip("pump", Set.of(GREEN), hold.token()));
    table.release("pump", hold.token());
  }

  @Test
  void who_serves_has_to_stay_among_the_targets_and_who_shall_serve_has_to_be_one()
      throws Exception {
    define();
    Granted hold = table.hold("pump", LONG, this);
    assertRefused(
        Code.INVALID, () -> table.flip("pump", Set.of(Instance.parse("blue/7")), hold.token()));
    table.flip("pump", Set.of(BLUE), hold.token());
    assertRefused(Code.INVALID, () -> table.define("pump", Samples.routes(), new TreeMap<>()));
    assertThat(pump().serving()).containsExactly(BLUE);
  }

  @Test
  void an_address_that_is_taken_refuses_the_definition_and_closes_what_it_opened()
      throws Exception {
    ears.taken.add(Samples.MODBUS);
    assertRefused(Code.ADDRESS_IN_USE, this::define);
    assertThat(ears.open).isEmpty();
    assertThat(table.apps()).isEmpty();
    ears.taken.clear();
    define();
    assertRefused(
        Code.ADDRESS_IN_USE, () -> table.define("other", Samples.routes(), new TreeMap<>()));
    assertThat(ears.accepting).isEqualTo(Samples.routes().keySet());
  }

  @Test
  void a_route_that_is_gone_is_closed_and_a_removed_app_forgotten() throws Exception {
    define();
    var fewer = Samples.routes();
    fewer.remove(Samples.MODBUS);
    var targets = Samples.targets();
    targets.values().forEach(target -> target.remove(Samples.MODBUS));
    table.define("pump", fewer, targets);
    assertThat(ears.open).containsExactly(Samples.HTTP);
    table.remove("pump");
    table.remove("pump");
    assertThat(ears.open).isEmpty();
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void a_disk_that_refuses_changes_nothing() throws Exception {
    define();
    Granted hold = table.hold("pump", LONG, this);
    // A folder where the file has to go: even root cannot write it.
    Files.createDirectory(folder.resolve("pump.routes.next"));
    assertRefused(Code.STORE_FAILED, () -> table.flip("pump", Set.of(GREEN), hold.token()));
    assertThat(pump().serving()).isEmpty();
    Files.delete(folder.resolve("pump.routes.next"));
    table.flip("pump", Set.of(GREEN), hold.token());
  }

  @Test
  void who_serves_cannot_be_drained_and_who_is_unknown_has_nothing_to_drain() throws Exception {
    define();
    Granted hold = table.hold("pump", LONG, this);
    table.flip("pump", Set.of(BLUE), hold.token());
    assertRefused(Code.SERVING, () -> table.retired("pump", Set.of(BLUE)));
    assertThat(table.retired("pump", Set.of(Instance.parse("green/9")))).isEmpty();
    assertRefused(Code.UNKNOWN_APP, () -> table.retired("other", Set.of(BLUE)));
  }
}
