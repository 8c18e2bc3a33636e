package dev.bumpless.rig;

import dev.bumpless.agent.store.JournalFile;
import dev.bumpless.agent.swap.Desired;
import dev.bumpless.agent.swap.Journal;
import dev.bumpless.manifest.App;
import dev.bumpless.manifest.ManifestParser;
import dev.bumpless.manifest.ManifestWriter;
import dev.bumpless.protocol.MalformedMessageException;
import dev.bumpless.protocol.MessageCodec;
import dev.bumpless.protocol.Order;
import dev.bumpless.protocol.Release;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Orders of one app on their way to a {@link LooseAgent}: a file each, and one for its release. */
final class OrderFolder {
  static final MessageCodec CODEC =
      new MessageCodec(
          new MessageCodec.AppText() {
            @Override
            public String write(App app) {
              return ManifestWriter.toYaml(app);
            }

            @Override
            public App parse(String text) {
              return ManifestParser.parse(text, "release");
            }
          });

  private static final String ORDER = ".order";
  private static final String RELEASE = ".release";

  private final Path folder;

  OrderFolder(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder);
  }

  /** The agent's journal, beside its orders. */
  static Journal journal(Path folder) {
    return new JournalFile(folder.resolve("journal"), CODEC);
  }

  void put(Desired desired) throws IOException {
    String name = String.format("%012d", desired.order().sequence());
    if (desired.release().isPresent()) {
      Files.write(folder.resolve(name + RELEASE), CODEC.encode(desired.release().get()));
    }
    Path unfinished = folder.resolve(name + ".unfinished");
    Files.write(unfinished, CODEC.encode(desired.order()));
    Files.move(unfinished, folder.resolve(name + ORDER), StandardCopyOption.ATOMIC_MOVE);
  }

  /** The newest where its sequence is above {@code sequence}. */
  Optional<Desired> newerThan(long sequence) throws IOException {
    String known = String.format("%012d%s", sequence, ORDER);
    List<Path> files = new ArrayList<>();
    try (Stream<Path> all = Files.list(folder)) {
      all.filter(f -> f.toString().endsWith(ORDER)).forEach(files::add);
    }
    Optional<Path> newest =
        files.stream().max((a, b) -> a.getFileName().compareTo(b.getFileName()));
    if (newest.isEmpty() || newest.get().getFileName().toString().compareTo(known) <= 0) {
      return Optional.empty();
    }
    return Optional.of(read(newest.get()));
  }

  private static Desired read(Path file) throws IOException {
    try {
      Order order = CODEC.decode(Files.readAllBytes(file), Order.class);
      Path release = Path.of(file.toString().replace(ORDER, RELEASE));
      return new Desired(
          order,
          Files.exists(release)
              ? Optional.of(CODEC.decode(Files.readAllBytes(release), Release.class))
              : Optional.empty());
    } catch (MalformedMessageException e) {
      throw new IOException("the order in " + file + " cannot be read", e);
    }
  }
}
