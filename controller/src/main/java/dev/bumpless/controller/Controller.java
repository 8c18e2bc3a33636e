package dev.bumpless.controller;

import dev.bumpless.controller.api.RestServer;
import dev.bumpless.controller.broker.EmbeddedBroker;
import dev.bumpless.controller.enrol.LocalKeys;
import dev.bumpless.controller.enrol.Tokens;
import dev.bumpless.controller.enrol.TrustDirectory;
import dev.bumpless.controller.fleet.Fleet;
import dev.bumpless.controller.lease.Turn;
import dev.bumpless.controller.link.MqttDeviceLink;
import dev.bumpless.controller.registry.Credentials;
import dev.bumpless.controller.registry.RegistryResolver;
import dev.bumpless.controller.release.ReleaseService;
import dev.bumpless.controller.rollout.OrderBook;
import dev.bumpless.controller.rollout.Rollouts;
import dev.bumpless.controller.store.Database;
import dev.bumpless.controller.store.PostgresqlAddress;
import dev.bumpless.controller.store.RecordText;
import dev.bumpless.controller.store.SqlAppliedStore;
import dev.bumpless.controller.store.SqlAuditLog;
import dev.bumpless.controller.store.SqlFleetStore;
import dev.bumpless.controller.store.SqlLeases;
import dev.bumpless.controller.store.SqlOrderStore;
import dev.bumpless.controller.store.SqlReleaseStore;
import dev.bumpless.controller.store.SqlRolloutStore;
import dev.bumpless.protocol.ManifestText;
import dev.bumpless.protocol.MessageCodec;
import dev.bumpless.transport.MqttTransport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** A running controller, wired from top to bottom; closing it closes in reverse. */
final class Controller implements AutoCloseable {
  private final Resources resources;
  private final RestServer rest;

  private Controller(Resources resources, RestServer rest) {
    this.resources = resources;
    this.rest = rest;
  }

  /** The way to a broker, for whoever holds the trust directory. */
  interface Transports {
    MqttTransport open(String brokerUri, TrustDirectory trust) throws IOException;
  }

  /**
   * Returns when devices and operators can connect.
   *
   * @throws IOException that names what could not be opened; nothing is left running then
   */
  static Controller start(ControllerConfig config, Transports transports, InstantSource clock)
      throws IOException {
    Resources resources = new Resources();
    try {
      return new Controller(resources, wire(config, transports, clock, resources));
    } catch (IOException | RuntimeException e) {
      closeQuietly(resources, e);
      throw e;
    }
  }

  private static RestServer wire(
      ControllerConfig config, Transports transports, InstantSource clock, Resources resources)
      throws IOException {
    Path state = privateFolder(config.state());
    resources.add(StateLock.take(state));
    TrustDirectory trust = new TrustDirectory(config.trust());
    ManifestText appText = new ManifestText();
    MessageCodec codec = new MessageCodec(appText);
    LocalKeys keys = LocalKeys.open(trust, codec);

    Database database = resources.add(database(config, state));
    Turn turn = config.store().isPresent() ? resources.add(duty(database)) : Turn.ALWAYS;
    RecordText records = new RecordText(codec);
    SqlReleaseStore releaseStore = new SqlReleaseStore(database, records);
    SqlOrderStore orderStore = new SqlOrderStore(database, records);
    SqlAuditLog audit = new SqlAuditLog(database);

    Fleet fleet = new Fleet(new SqlFleetStore(database, records), trust);
    RegistryResolver registries =
        new RegistryResolver(credentials(config), config.insecureRegistries());
    ReleaseService releases = new ReleaseService(releaseStore, registries, keys, appText);
    OrderBook book = new OrderBook(orderStore, releaseStore, keys);
    Rollouts rollouts =
        new Rollouts(
            new SqlRolloutStore(database, records), orderStore, book, releases, fleet, audit);
    rollouts.resume(clock.instant());

    String brokerUri = broker(config, trust, state, resources);
    MqttTransport transport = transports.open(brokerUri, trust);
    MqttDeviceLink link =
        resources.add(
            new MqttDeviceLink(transport, codec, fleet, rollouts, book, keys, turn, clock));
    rollouts.listen(link);
    link.start();
    resources.add(RolloutTimer.start(rollouts.waves(), turn, clock));
    Followed followed =
        Followed.open(
            config.sources(),
            state.resolve("sources"),
            new SqlAppliedStore(database),
            rollouts,
            fleet,
            audit);
    resources.add(SourceTimer.start(followed.sources(), turn, clock));

    return resources.add(
        RestServer.start(
            config.http(),
            new RestServer.Parts(
                Files.readString(trust.token()).strip(),
                new Tokens(config.trust())::whose,
                fleet,
                releases,
                rollouts,
                link,
                followed.sources(),
                followed.secrets(),
                audit,
                appText,
                turn,
                clock)));
  }

  private static Database database(ControllerConfig config, Path state) throws IOException {
    if (config.store().isEmpty()) {
      return Database.open(state.resolve("controller.db"));
    }
    ControllerConfig.Store store = config.store().get();
    Optional<String> password =
        store.passwordFile().isPresent()
            ? Optional.of(Files.readString(store.passwordFile().get()).strip())
            : Optional.empty();
    try {
      return Database.open(new PostgresqlAddress(store.url(), store.user(), password));
    } catch (RuntimeException e) {
      throw new IOException("cannot open the store " + store.url() + ": " + e.getMessage(), e);
    }
  }

  private static Duty duty(Database database) {
    return Duty.begin(new SqlLeases(database), UUID.randomUUID().toString());
  }

  private static Credentials credentials(ControllerConfig config) throws IOException {
    return config.registries().isPresent()
        ? Credentials.read(config.registries().get())
        : Credentials.none();
  }

  /** Where the broker is; starts the embedded one where it is to be used. */
  private static String broker(
      ControllerConfig config, TrustDirectory trust, Path state, Resources resources)
      throws IOException {
    if (config.external().isPresent()) {
      return config.external().map(URI::toString).orElseThrow();
    }
    InetSocketAddress listen = config.embedded().orElseThrow();
    resources.add(
        EmbeddedBroker.start(
            new EmbeddedBroker.Settings(
                state.resolve("broker"),
                listen.getHostString(),
                listen.getPort(),
                trust.controllerStore(),
                trust.controllerPassword(),
                trust.ca())));
    String host = listen.getHostString().equals("0.0.0.0") ? "127.0.0.1" : listen.getHostString();
    return "ssl://" + host + ":" + listen.getPort();
  }

  private static Path privateFolder(Path folder) throws IOException {
    return Files.createDirectories(
        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  private static void closeQuietly(Resources resources, Exception reason) {
    try {
      resources.close();
    } catch (IOException e) {
      reason.addSuppressed(e);
    }
  }

  int httpPort() {
    return rest.port();
  }

  /** Every call that REST knows, as {@code METHOD /path}. */
  List<String> calls() {
    return rest.calls();
  }

  @Override
  public void close() throws IOException {
    resources.close();
  }
}
