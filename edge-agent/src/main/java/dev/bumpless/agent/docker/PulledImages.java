package dev.bumpless.agent.docker;

import dev.bumpless.trust.AtomicFile;
import dev.bumpless.trust.TornFileException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;

/**
 * The names of the images that this agent has pulled, one a line. A torn file is an empty one: then
 * images stay on the disk that might have been collected, and nothing worse. Any thread may call.
 */
final class PulledImages {
  private static final Logger LOG = System.getLogger(PulledImages.class.getName());

  private final AtomicFile file;

  PulledImages(Path path) {
    this.file = new AtomicFile(path);
  }

  synchronized Set<String> all() throws IOException {
    Set<String> names = new TreeSet<>();
    try {
      file.read()
          .map(body -> new String(body, StandardCharsets.UTF_8))
          .ifPresent(text -> text.lines().forEach(names::add));
    } catch (TornFileException e) {
      LOG.log(Level.WARNING, "event=pulled-images-torn reason=\"{0}\"", e.getMessage());
    }
    return names;
  }

  synchronized void add(String name) throws IOException {
    Set<String> names = all();
    if (names.add(name)) {
      write(names);
    }
  }

  synchronized void remove(Set<String> gone) throws IOException {
    Set<String> names = all();
    if (names.removeAll(gone)) {
      write(names);
    }
  }

  private void write(Set<String> names) throws IOException {
    file.write(String.join("\n", names).getBytes(StandardCharsets.UTF_8));
  }
}
