package dev.bumpless.controller.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bumpless.controller.SomeApps;
import dev.bumpless.controller.audit.AuditLog;
import dev.bumpless.controller.audit.AuditRecord;
import dev.bumpless.controller.audit.ChainCheck;
import dev.bumpless.controller.audit.ChainHead;
import dev.bumpless.controller.fleet.Fleet;
import dev.bumpless.controller.fleet.MemoryFleetStore;
import dev.bumpless.controller.lease.Turn;
import dev.bumpless.controller.release.FakeKeys;
import dev.bumpless.controller.release.FakeRegistry;
import dev.bumpless.controller.release.MemoryReleaseStore;
import dev.bumpless.controller.release.ReleaseService;
import dev.bumpless.controller.rollout.MemoryOrderStore;
import dev.bumpless.controller.rollout.MemoryRolloutStore;
import dev.bumpless.controller.rollout.OrderBook;
import dev.bumpless.controller.rollout.Rollouts;
import dev.bumpless.controller.source.Sources;
import dev.bumpless.controller.store.Database;
import dev.bumpless.controller.store.SqlAuditLog;
import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.MessageCodec;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is in the audit of a call that a crash or a full disk broke off. */
class AuditedCallsTest {
  private static final String TOKEN = "a token of thirty-two characters";
  private static final DeviceId ONE = new DeviceId("dev-1");

  @TempDir private Path folder;
  private final Fleet fleet = new Fleet(new MemoryFleetStore(), () -> Set.of(ONE));
  private Database database;
  private FailingLog audit;
  private RestServer server;

  @BeforeEach
  void start() {
    database = Database.open(folder.resolve("controller.db"));
    audit = new FailingLog(new SqlAuditLog(database));
    SomeApps apps = new SomeApps();
    FakeKeys keys = new FakeKeys(new MessageCodec(apps));
    MemoryOrderStore orders = new MemoryOrderStore();
    MemoryReleaseStore store = new MemoryReleaseStore();
    ReleaseService releases = new ReleaseService(store, new FakeRegistry(), keys, apps);
    OrderBook book = new OrderBook(orders, store, keys);
    Rollouts rollouts =
        new Rollouts(new MemoryRolloutStore(), orders, book, releases, fleet, audit);
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
                new Sources(List.of()),
                Map.of(),
                audit,
                apps,
                Turn.ALWAYS,
                InstantSource.system()));
  }

  @AfterEach
  void stop() {
    server.close();
    database.close();
  }

  @Test
  void aCallThatEndedIsOneLineAndTwoRecords() throws Exception {
    assertThat(label("a").statusCode()).isEqualTo(200);

    assertThat(get("/audit").body())
        .contains("\"number\":2", "\"outcome\":\"OK\",\"begun\":1")
        .doesNotContain("BEGUN");
    assertThat(get("/audit/export").body())
        .contains("\"number\":1", "\"outcome\":\"BEGUN\",\"previous\"", "\"number\":2");
  }

  @Test
  void aPowerCutBetweenTheChangeAndItsEndLeavesTheBegin() throws Exception {
    audit.appends = 1;

    assertThat(label("a").body()).contains("INTERNAL");

    assertThat(fleet.require(ONE).labels()).containsEntry("site", "a");
    assertThat(get("/audit").body())
        .contains("\"actor\":\"token\"", "labels of dev-1", "\"outcome\":\"BEGUN\"");
    audit.appends = 2;
    label("b");
    assertThat(get("/audit").body())
        .contains("\"number\":3", "\"begun\":2", "\"number\":1")
        .doesNotContain("\"number\":2,");
    assertIntact(3);
  }

  @Test
  void whatCannotBeWrittenDownBeforehandIsNotDone() throws Exception {
    audit.appends = 0;

    HttpResponse<String> refused = label("a");

    assertThat(refused.statusCode()).isEqualTo(500);
    assertThat(refused.body()).contains("INTERNAL");
    assertThat(fleet.require(ONE).labels()).isEmpty();
    assertIntact(0);
  }

  @Test
  void whoNeedsNoTokenFillsNoAuditEither() throws Exception {
    byte[] large = new byte[RestServer.MAX_BODY_BYTES + 1];
    audit.appends = 1_000;
    for (int i = 0; i < 50; i++) {
      assertThat(sendToOpen("/api/v1/openapi.json", new byte[0])).isBetween(400, 499);
      assertThat(sendToOpen("/hooks/plants", large)).isEqualTo(413);
      assertThat(sendUnsigned("/hooks/plants")).isEqualTo(401);
    }

    assertThat(audit.after(0, 1_000))
        .hasSizeBetween(StrangersQuota.MOST, StrangersQuota.MOST + 1) // a minute may end meanwhile
        .allMatch(record -> record.entry().actor().equals("nobody"));
  }

  private int sendToOpen(String path, byte[] body) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + server.port() + path);
    return send(HttpRequest.newBuilder(uri)
            .header("X-Gitea-Signature", "00")
            .POST(BodyPublishers.ofByteArray(body)))
        .statusCode();
  }

  private int sendUnsigned(String path) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + server.port() + path);
    return send(HttpRequest.newBuilder(uri).POST(BodyPublishers.ofString("{}"))).statusCode();
  }

  private void assertIntact(int count) {
    ChainCheck check = new ChainCheck(ChainHead.NONE, Optional.empty());
    List<AuditRecord> all = audit.after(0, 100);
    assertThat(all).hasSize(count);
    assertThat(all).allSatisfy(record -> assertThat(check.next(record)).isEmpty());
    assertThat(check.end(audit.head())).isEmpty();
  }

  private HttpResponse<String> label(String site) throws Exception {
    return send(
        request("/devices/dev-1/labels")
            .PUT(BodyPublishers.ofString("{\"site\":\"" + site + "\"}")));
  }

  private HttpResponse<String> get(String path) throws Exception {
    return send(request(path).GET());
  }

  private HttpRequest.Builder request(String path) {
    String address = "http://127.0.0.1:" + server.port() + RestServer.BASE + path;
    return HttpRequest.newBuilder(URI.create(address)).header("Authorization", "Bearer " + TOKEN);
  }

  private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
  }

  /** Takes so many records and no more. */
  private static final class FailingLog implements AuditLog {
    private final AuditLog log;
    private volatile int appends = 100;

    FailingLog(AuditLog log) {
      this.log = log;
    }

    @Override
    public synchronized AuditRecord append(Entry entry) {
      if (appends == 0) {
        throw new IllegalStateException("power cut");
      }
      appends--;
      return log.append(entry);
    }

    @Override
    public List<AuditRecord> recent(int limit) {
      return log.recent(limit);
    }

    @Override
    public List<AuditRecord> after(long number, int limit) {
      return log.after(number, limit);
    }

    @Override
    public ChainHead head() {
      return log.head();
    }
  }
}
