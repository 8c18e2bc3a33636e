package dev.bumpless.simulator;

import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.MalformedMessageException;
import dev.bumpless.protocol.ManifestText;
import dev.bumpless.protocol.MessageCodec;
import dev.bumpless.transport.MqttTransport;
import dev.bumpless.transport.PahoTransport;
import dev.bumpless.transport.Tls;
import dev.bumpless.trust.Root;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** Devices of one process; they start when they are told to, and leave in good order. */
final class SimulatedFleet implements AutoCloseable {
  /** Of each site so many, as in a plant. */
  private static final int SITES = 100;

  private static final int CLOSING = 16;

  /** The whole fleet shares the machine with its controller, so all may be slow to answer. */
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final Pools pools = new Pools();
  private final Settings settings;
  private final SimulatedDevice.Shared shared;
  private final Map<DeviceId, SimulatedDevice> devices = new LinkedHashMap<>();

  /** Which MQTT client the devices ride on. */
  enum Client {
    /** As a real device does; several threads each. */
    PAHO,
    /** HiveMQ's, on threads that all share; the contract of the seam is the same. */
    HIVE
  }

  /**
   * @param port of the broker, on loopback
   * @param trust the folder that {@code bumpless init} made
   * @param state below which each device has a folder
   * @param labels of every device, beside its site
   */
  record Settings(int port, Path trust, Path state, Client client, Map<String, String> labels) {}

  SimulatedFleet(Settings settings, Fate fate, Ends ends) throws IOException {
    this.settings = settings;
    MessageCodec codec = new MessageCodec(new ManifestText());
    this.shared =
        new SimulatedDevice.Shared(
            codec, root(codec), fate, ends, pools, new QuietSeams.MachineTicker(), Instant.now());
  }

  private Root root(MessageCodec codec) throws IOException {
    try {
      return codec.decode(Files.readAllBytes(settings.trust().resolve("root.json")), Root.class);
    } catch (MalformedMessageException e) {
      throw new IOException("cannot read the trust root: " + e.getMessage(), e);
    }
  }

  /** The name of the device of that number. */
  static DeviceId id(int number) {
    return new DeviceId("sim-%05d".formatted(number));
  }

  /** Starts those; they connect soon. */
  void start(List<DeviceId> ids) throws IOException {
    for (DeviceId id : ids) {
      SimulatedDevice device =
          new SimulatedDevice(
              id, transport(id), settings.state().resolve(id.value()), labels(id), shared);
      devices.put(id, device);
      device.start();
    }
  }

  private Map<String, String> labels(DeviceId id) {
    Map<String, String> labels = new LinkedHashMap<>();
    labels.put("site", "site-" + Math.floorMod(id.value().hashCode(), SITES));
    labels.putAll(settings.labels());
    return labels;
  }

  private MqttTransport transport(DeviceId id) throws IOException {
    Path folder = settings.trust().resolve("devices").resolve(id.value());
    Path p12 = folder.resolve("device.p12");
    Path password = folder.resolve("p12.password");
    if (settings.client() == Client.PAHO) {
      return new PahoTransport(
          new PahoTransport.Config(
              "ssl://127.0.0.1:" + settings.port(),
              id.value(),
              Tls.context(p12, password),
              PATIENCE,
              PahoTransport.Config.KEEP_ALIVE));
    }
    return new HiveTransport(
        new HiveTransport.Config(
            "127.0.0.1",
            settings.port(),
            id.value(),
            Tls.managers(p12, password),
            PATIENCE,
            PahoTransport.Config.KEEP_ALIVE));
  }

  /** Those leave: they are offline from now on. */
  void stop(List<DeviceId> ids) {
    ExecutorService closing = Executors.newFixedThreadPool(CLOSING);
    try {
      for (DeviceId id : ids) {
        SimulatedDevice device = devices.remove(id);
        if (device != null) {
          closing.execute(device::close);
        }
      }
      closing.shutdown();
      if (!closing.awaitTermination(10, TimeUnit.MINUTES)) {
        throw new IllegalStateException("not all devices left within 10 min");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      closing.shutdownNow();
    }
  }

  @Override
  public void close() {
    stop(List.copyOf(devices.keySet()));
    pools.close();
  }
}
