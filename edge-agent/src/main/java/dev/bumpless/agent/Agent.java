package dev.bumpless.agent;

import dev.bumpless.agent.lease.LeaseDesk;
import dev.bumpless.agent.lease.LeaseDoors;
import dev.bumpless.agent.link.ControllerLink;
import dev.bumpless.agent.swap.Reconciler;
import dev.bumpless.protocol.MalformedMessageException;
import dev.bumpless.protocol.ManifestText;
import dev.bumpless.protocol.MessageCodec;
import dev.bumpless.transport.MqttTransport;
import dev.bumpless.transport.PahoTransport;
import dev.bumpless.transport.Tls;
import dev.bumpless.trust.Root;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * A running agent: reads top to bottom in the order in which the parts start, and closes them in
 * reverse. Containers and routes are left as they are, so its end is never seen by a client.
 */
final class Agent implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Agent.class.getName());

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();

  private Agent() {}

  /**
   * Starts everything. Engine, router and controller need not be there yet.
   *
   * @throws InvalidConfigException where the operator has something to mend
   * @throws IOException where the state folder cannot be used
   */
  static Agent start(AgentConfig config) throws InvalidConfigException, IOException {
    Agent agent = new Agent();
    try {
      agent.wire(config);
      return agent;
    } catch (InvalidConfigException | IOException | RuntimeException e) {
      agent.closeAfter(e);
      throw e;
    }
  }

  private void wire(AgentConfig config) throws InvalidConfigException, IOException {
    add(StateLock.take(config.state()));
    MessageCodec codec = new MessageCodec(new ManifestText());
    Device device = add(new Device(config));
    Inventory inventory = add(new Inventory(device.engine()));
    LeaseDesk leases = LeaseDesk.open(config.state(), device.ticker());
    LeaseDoors doors = add(new LeaseDoors(config.state(), leases));
    ControllerLink link =
        add(
            new ControllerLink(
                new ControllerLink.Parts(
                    config.device(),
                    transport(config),
                    codec,
                    root(config, codec),
                    config.state(),
                    builtAt(),
                    inventory::seen,
                    leases::all,
                    config.labels(),
                    device.logs(),
                    device.ticker())));
    DoorKeeper keeper = new DoorKeeper(doors, link);
    Reconciler reconciler = add(new Reconciler(device.seams(keeper, leases, codec)));
    leases.listen(
        () -> {
          reconciler.changed();
          link.leasesChanged();
        });
    inventory.start();
    link.start(
        desired -> {
          keeper.ordered(desired);
          reconciler.accept(desired);
        });
    doors.start();
    reconciler.start();
  }

  private static MqttTransport transport(AgentConfig config) throws InvalidConfigException {
    Path p12 = config.trust().resolve("device.p12");
    try {
      return new PahoTransport(
          new PahoTransport.Config(
              config.broker().toString(),
              config.device().value(),
              Tls.context(p12, config.trust().resolve("p12.password")),
              PahoTransport.Config.TIMEOUT,
              PahoTransport.Config.KEEP_ALIVE));
    } catch (IOException e) {
      throw new InvalidConfigException(
          "%s cannot be used: %s. Copy the folder that 'bumpless init' made for this device."
              .formatted(p12, e.getMessage()));
    }
  }

  private static Root root(AgentConfig config, MessageCodec codec) throws InvalidConfigException {
    Path file = config.trust().resolve("root.json");
    try {
      return codec.decode(Files.readAllBytes(file), Root.class);
    } catch (IOException | MalformedMessageException e) {
      throw new InvalidConfigException(
          "%s cannot be used: %s. Copy the folder that 'bumpless init' made for this device."
              .formatted(file, e.getMessage()));
    }
  }

  /** The age of the program on the disk: it is later than that, whatever the clock says. */
  private static Instant builtAt() throws IOException {
    try {
      return Files.getLastModifiedTime(
              Path.of(Agent.class.getProtectionDomain().getCodeSource().getLocation().toURI()))
          .toInstant();
    } catch (URISyntaxException e) {
      throw new IOException("this program does not know where it is installed", e);
    }
  }

  private <T extends AutoCloseable> T add(T part) {
    parts.push(part);
    return part;
  }

  @Override
  public void close() {
    closeAfter(null);
  }

  /** What does not close is added to the failure that led here, or else logged. */
  private void closeAfter(@Nullable Exception first) {
    while (!parts.isEmpty()) {
      try {
        parts.pop().close();
      } catch (Exception e) {
        if (first != null) {
          first.addSuppressed(e);
        } else {
          LOG.log(Level.WARNING, "event=close-failed", e);
        }
      }
    }
  }
}
