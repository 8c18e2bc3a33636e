package dev.bumpless.controller.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bumpless.controller.SomeApps;
import dev.bumpless.controller.audit.AuditLog;
import dev.bumpless.controller.fleet.Fleet;
import dev.bumpless.controller.fleet.MemoryFleetStore;
import dev.bumpless.controller.lease.Lease;
import dev.bumpless.controller.lease.Turn;
import dev.bumpless.controller.release.FakeKeys;
import dev.bumpless.controller.release.FakeRegistry;
import dev.bumpless.controller.release.MemoryReleaseStore;
import dev.bumpless.controller.release.ReleaseService;
import dev.bumpless.controller.rollout.MemoryOrderStore;
import dev.bumpless.controller.rollout.MemoryRolloutStore;
import dev.bumpless.controller.rollout.OrderBook;
import dev.bumpless.controller.rollout.Rollouts;
import dev.bumpless.controller.source.Snapshot;
import dev.bumpless.controller.source.Source;
import dev.bumpless.controller.source.SourceName;
import dev.bumpless.controller.source.SourceReader;
import dev.bumpless.controller.source.Sources;
import dev.bumpless.controller.store.Database;
import dev.bumpless.controller.store.SqlAppliedStore;
import dev.bumpless.controller.store.SqlAuditLog;
import dev.bumpless.protocol.MessageCodec;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a controller says of its sources while another one looks at them. */
class SourcesOnStandbyTest {
  private static final SourceName PLANTS = new SourceName("plants");
  private static final String SECRET = "a secret of thirty-two characters";
  private static final String TOKEN = "a token of thirty-two characters";
  private static final String BODY = "{}";

  @TempDir private Path folder;
  private final ChangingTurn turn = new ChangingTurn();
  private Database database;
  private AuditLog audit;
  private RestServer server;

  @BeforeEach
  void start() {
    database = Database.open(folder.resolve("controller.db"));
    audit = new SqlAuditLog(database);
    SomeApps apps = new SomeApps();
    FakeKeys keys = new FakeKeys(new MessageCodec(apps));
    MemoryOrderStore orders = new MemoryOrderStore();
    MemoryReleaseStore store = new MemoryReleaseStore();
    Fleet fleet = new Fleet(new MemoryFleetStore(), Set::of);
    ReleaseService releases = new ReleaseService(store, new FakeRegistry(), keys, apps);
    Rollouts rollouts =
        new Rollouts(
            new MemoryRolloutStore(),
            orders,
            new OrderBook(orders, store, keys),
            releases,
            fleet,
            audit);
    server =
        RestServer.start(
            InetSocketAddress.createUnresolved("127.0.0.1", 0),
            new RestServer.Parts(
                TOKEN,
                token -> Optional.empty(),
                fleet,
                releases,
                rollouts,
                question -> {
                  throw new AssertionError("nobody asks for a log");
                },
                new Sources(List.of(source(rollouts, fleet))),
                Map.of(PLANTS, SECRET),
                audit,
                apps,
                turn,
                InstantSource.system()));
  }

  @AfterEach
  void stop() {
    server.close();
    database.close();
  }

  @Test
  void aWebhookIsRefusedWhereNobodyWouldLook() throws Exception {
    assertStandsBy(hook(SECRET), "so it does not look at source plants");
    assertThat(hook("a wrong secret").statusCode()).isEqualTo(401);
    AuditLog.Entry kept = audit.recent(2).get(1).entry();
    assertThat(kept.actor()).isEqualTo("nobody");
    assertThat(kept.outcome()).isEqualTo("STANDING_BY");

    turn.isMine = true;

    assertThat(hook(SECRET).statusCode()).isEqualTo(202);
  }

  @Test
  void howTheyStandIsToldByWhoLooks() throws Exception {
    assertStandsBy(get("/sources"), "so it does not know how sources stand");
    assertStandsBy(get("/sources/plants"), "so it does not know how sources stand");

    turn.isMine = true;

    assertThat(get("/sources").statusCode()).isEqualTo(200);
    assertThat(get("/sources/plants").body()).contains("NOT_READ");
  }

  private static void assertStandsBy(HttpResponse<String> refused, String consequence) {
    assertThat(refused.statusCode()).as(refused.body()).isEqualTo(503);
    assertThat(refused.body())
        .contains("\"STANDING_BY\"")
        .contains("this controller stands by, " + consequence)
        .contains("ask the controller that is on duty");
  }

  private HttpResponse<String> hook(String secret) throws Exception {
    String signature =
        HexFormat.of()
            .formatHex(WebhookSignature.sign(secret, BODY.getBytes(StandardCharsets.UTF_8)));
    return send(
        request("/hooks/plants")
            .header("X-Gitea-Signature", signature)
            .POST(BodyPublishers.ofString(BODY)));
  }

  private HttpResponse<String> get(String path) throws Exception {
    return send(request(RestServer.BASE + path).header("Authorization", "Bearer " + TOKEN).GET());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path));
  }

  private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
  }

  private Source source(Rollouts rollouts, Fleet fleet) {
    return new Source(
        new Source.Settings(PLANTS, Optional.empty(), Duration.ofHours(1)),
        new Unread(),
        new SqlAppliedStore(database),
        rollouts,
        fleet,
        audit);
  }

  private static final class Unread implements SourceReader {
    @Override
    public Snapshot read(Optional<Snapshot> known) {
      throw new AssertionError("nobody looks");
    }

    @Override
    public String place() {
      return "nowhere";
    }
  }

  private static final class ChangingTurn implements Turn {
    private volatile boolean isMine;

    @Override
    public Optional<Lease> lease() {
      return isMine ? ALWAYS.lease() : Optional.empty();
    }

    @Override
    public boolean isHeld(Lease lease) {
      return isMine;
    }
  }
}
