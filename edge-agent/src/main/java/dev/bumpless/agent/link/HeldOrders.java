package dev.bumpless.agent.link;

import dev.bumpless.agent.swap.Desired;
import dev.bumpless.manifest.AppName;
import dev.bumpless.protocol.Assignment;
import dev.bumpless.protocol.MalformedMessageException;
import dev.bumpless.protocol.MessageCodec;
import dev.bumpless.protocol.Order;
import dev.bumpless.trust.AtomicFile;
import dev.bumpless.trust.TornFileException;
import dev.bumpless.trust.UntrustedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The accepted orders with their releases, a file for each app, as they came: signed. So a device
 * knows what it shall run after any restart, also for months without its controller. One thread
 * owns it.
 */
final class HeldOrders {
  private static final String ENDING = ".order";

  private final Path folder;
  private final MessageCodec codec;
  private final Map<AppName, Order> held = new HashMap<>();

  HeldOrders(Path folder, MessageCodec codec) {
    this.folder = folder;
    this.codec = codec;
  }

  /** Whether this device has never accepted an order, not even one that is gone again. */
  boolean isUntouched() {
    return Files.notExists(folder);
  }

  /** What could be read, and what was wrong with the rest. */
  record Loaded(List<Desired> desired, List<String> troubles) {}

  /**
   * Reads all and verifies it again; nothing is deleted. A file that is no good costs its order
   * alone: the controller is asked for it again.
   */
  Loaded load(Acceptance acceptance) throws IOException {
    List<Desired> desired = new ArrayList<>();
    List<String> troubles = new ArrayList<>();
    for (Path path : files()) {
      try {
        byte[] bytes = new AtomicFile(path).read().orElse(new byte[0]);
        Desired kept = acceptance.readKept(codec.decode(bytes, Assignment.class));
        AppName app = kept.order().app();
        if (!file(app).path().getFileName().equals(path.getFileName())) {
          throw new TornFileException(path, "it is the order of " + app);
        }
        held.put(app, kept.order());
        desired.add(kept);
      } catch (TornFileException
          | UntrustedException
          | MalformedMessageException
          | Acceptance.Refusal e) {
        troubles.add(
            "the accepted order in " + path.getFileName() + " is left out: " + e.getMessage());
      }
    }
    return new Loaded(desired, troubles);
  }

  /** On the disk when this returns. */
  void keep(Order order, Assignment assignment) throws IOException {
    file(order.app()).write(codec.encode(assignment));
    held.put(order.app(), order);
  }

  void drop(AppName app) throws IOException {
    held.remove(app);
    file(app).delete();
  }

  boolean holds(Order order) {
    return order.equals(held.get(order.app()));
  }

  boolean holds(AppName app, long sequence) {
    Order order = held.get(app);
    return order != null && order.sequence() == sequence;
  }

  Map<AppName, Long> sequences() {
    Map<AppName, Long> sequences = new HashMap<>();
    held.forEach((app, order) -> sequences.put(app, order.sequence()));
    return sequences;
  }

  private AtomicFile file(AppName app) {
    return new AtomicFile(folder.resolve(app + ENDING));
  }

  private List<Path> files() throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(f -> f.getFileName().toString().endsWith(ENDING)).sorted().toList();
    }
  }
}
