package dev.bumpless.rig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bumpless.agent.route.RouterClient;
import dev.bumpless.agent.swap.InstanceKey;
import dev.bumpless.agent.swap.ObservedContainer;
import dev.bumpless.agent.swap.RouteTable;
import dev.bumpless.ledger.Ledger;
import dev.bumpless.ledger.LedgerReport;
import dev.bumpless.protocol.AppReport;
import dev.bumpless.protocol.Phase;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The agent dies before and after each call that it makes to engine, router, images and journal in
 * a swap, one swap for each, and is started again, as systemd would. Each time the swap must come
 * to its end by itself with one slot that serves and nothing left over, and no client may see it.
 *
 * <p>Between two calls that change something the agent only looks. Where it looks once, to die
 * after the one is to die before the other, and the other is taken. Where it looks again, time
 * passes, and both are. Of calls that look, the first of each kind is taken. {@code
 * -Dbumpless.kills=all} takes everything, {@code -Dbumpless.kills="after hold.flip 2"} that one
 * alone.
 */
class KilledAroundCallsIT {
  private static final Set<String> LOOKS =
      Set.of("engine.list", "engine.facts", "images.has", "router.table", "router.traffic");

  /** Before the first call of a swap. */
  private static final String BEGINNING = "";

  /** The last call of a swap, and of an agent that finds one ended. */
  private static final String LAST = "images.collect 1";

  private static final String KILLS = System.getProperty("bumpless.kills", "");
  private static final boolean IS_EVERY = !KILLS.isEmpty();
  private static final String ONE = KILLS.equals("all") ? "" : KILLS;
  private static final double RATE = 20;
  private static final Duration SETTLE_WITHIN = Duration.ofSeconds(60);

  @TempDir private Path folder;
  private RigDevice device;
  private Lifespan lifespan;
  private int networks;
  private String serving = "v0";

  @BeforeEach
  void serve() throws Exception {
    device = RigDevice.pulling(folder);
    lifespan = new Lifespan(folder);
    assertThat(swapTo(serving, "ok").phase()).isEqualTo(Phase.COMMITTED);
    awaitRest();
    networks = device.networks();
  }

  @AfterEach
  void close() throws Exception {
    device.close();
  }

  @Test
  void isNoticedByNoClientOnTheWayThere() throws Exception {
    dieAroundCalls("ok", BEGINNING, Phase.COMMITTED);
  }

  /** Of a release that gets ill in its bake and answers on. */
  @Test
  void isNoticedByNoClientOnTheWayBack() throws Exception {
    dieAroundCalls("sick:100", "hold.close 1", Phase.ROLLED_BACK);
  }

  private void dieAroundCalls(String mode, String from, Phase end) throws Exception {
    try (Ledger ledger = Ledger.start(Loads.allShapes(device.load(), RATE))) {
      List<Death> deaths = deaths(unharmed(mode, end), from);
      List<Death> unreached = new ArrayList<>();
      long began = System.nanoTime();
      for (Death death : deaths) {
        AppReport report = dieOnce(death, mode, unreached);
        assertThat(report.phase()).as("%s: %s", death, report).isEqualTo(end);
        assertOneSlot(death, report);
      }
      LedgerReport report = ledger.stop();
      String table =
          Loads.describe(
              "mode %s: killed %d times in %d s, never came to %s"
                  .formatted(
                      mode,
                      deaths.size() - unreached.size(),
                      Duration.ofNanos(System.nanoTime() - began).toSeconds(),
                      unreached),
              report,
              folder);
      System.out.println(table.replaceAll("(?m)^version .*\n", ""));

      assertThat(report.lost()).as(table).isZero();
      assertThat(unreached.stream().filter(death -> !LOOKS.contains(death.call())))
          .as(table)
          .isEmpty();
    }
  }

  /** The calls of a swap that nobody disturbs. */
  private List<String> unharmed(String mode, Phase end) throws Exception {
    AppReport report = swapTo("unharmed", mode);
    assertThat(report.phase()).as("%s", report).isEqualTo(end);
    awaitRest();
    List<String> calls = lifespan.calls();
    return calls.subList(0, calls.indexOf(LAST) + 1);
  }

  private AppReport swapTo(String version, String mode) throws Exception {
    return ended(device.order(device.app(version, mode)), version);
  }

  private AppReport ended(UUID order, String version) {
    AppReport report = device.awaitEnd(order);
    if (report.phase() == Phase.COMMITTED) {
      serving = version;
    }
    return report;
  }

  private void awaitRest() {
    await("the agent at rest").atMost(SETTLE_WITHIN).until(this::isAtRest);
  }

  private boolean isAtRest() throws IOException {
    return lifespan.calls().contains(LAST);
  }

  private static List<Death> deaths(List<String> calls, String from) {
    List<String> ours = calls.subList(calls.indexOf(from) + 1, calls.size());
    List<Death> deaths = new ArrayList<>();
    for (int i = 0; i < ours.size(); i++) {
      String[] call = ours.get(i).split(" ", -1);
      int nth = Integer.parseInt(call[1]);
      boolean isLook = LOOKS.contains(call[0]);
      if (IS_EVERY || !isLook || nth == 1) {
        deaths.add(new Death(true, call[0], nth));
      }
      if (IS_EVERY || (!isLook && passesTime(ours.subList(i + 1, ours.size())))) {
        deaths.add(new Death(false, call[0], nth));
      }
    }
    deaths.removeIf(death -> !ONE.isEmpty() && !ONE.equals(death.toString()));
    return deaths;
  }

  /** Whether the agent looks again before it changes something, or changes nothing any more. */
  private static boolean passesTime(List<String> later) {
    Set<String> looks = new HashSet<>();
    for (String call : later) {
      String name = call.split(" ", -1)[0];
      if (!LOOKS.contains(name)) {
        return call.equals(LAST); // the end of the order is told before that
      }
      if (!looks.add(name)) {
        return true;
      }
    }
    return true;
  }

  private AppReport dieOnce(Death death, String mode, List<Death> unreached) throws Exception {
    lifespan.next(death);
    String version = death.toString().replace(' ', '-');
    UUID order = device.order(device.app(version, mode));
    await(death.toString())
        .atMost(SETTLE_WITHIN)
        .until(() -> !device.isAgentAlive() || (device.hasEnded(order) && isAtRest()));
    if (device.isAgentAlive()) {
      unreached.add(death);
    } else {
      device.startAgent();
    }
    return ended(order, version);
  }

  /** 2, 3 and 7, seen from outside: the table's slot serves, and nothing else is there. */
  private void assertOneSlot(Death death, AppReport report) throws Exception {
    device.awaitContainers(1);
    awaitRest();
    RouteTable table = new RouterClient(folder.resolve("router.sock")).table();
    SortedSet<InstanceKey> inTable = table.of(RigDevice.APP).orElseThrow().serving();
    assertThat(device.observed())
        .as("%s: %s", death, report)
        .hasSize(1)
        .allMatch(ObservedContainer::isRunning)
        .extracting(ObservedContainer::instance)
        .containsExactlyElementsOf(inTable);
    assertThat(device.ask()).as("%s", death).contains("\"version\":\"" + serving + "\"");
    assertThat(device.networks()).as("networks, %s", death).isEqualTo(networks);
    assertThat(OrderFolder.journal(folder).load())
        .as("%s", death)
        .allMatch(entry -> entry.swap().isEmpty());
  }
}
