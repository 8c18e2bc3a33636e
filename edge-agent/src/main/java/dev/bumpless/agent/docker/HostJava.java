package dev.bumpless.agent.docker;

import com.github.dockerjava.api.model.Mount;
import com.github.dockerjava.api.model.MountType;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The Java that runs this agent, for a container without anything of its own: what it is loaded
 * from, read-only and where it is on the host.
 *
 * @param folders of the host, where the container has them
 */
record HostJava(Path program, Map<Path, String> folders) {
  private static final String CLASSES = "/bumpless/classes";

  /** The system's libraries, as distributions lay them out. */
  private static final List<String> LIBRARIES =
      List.of("/usr", "/lib", "/lib32", "/lib64", "/etc/ld.so.cache");

  /**
   * @param main of the program that is to run
   */
  static HostJava of(Class<?> main) throws IOException {
    Path home = Path.of(System.getProperty("java.home")).toRealPath();
    // Debian keeps some of a Java's files under /etc.
    Path settings = parent(home.resolve("lib/jvm.cfg").toRealPath());
    Map<Path, String> folders = new LinkedHashMap<>();
    Stream.concat(LIBRARIES.stream().map(Path::of).filter(Files::exists), Stream.of(home, settings))
        .filter(path -> folders.keySet().stream().noneMatch(path::startsWith))
        .forEach(path -> folders.put(path, path.toString()));
    folders.put(classes(main), CLASSES);
    return new HostJava(home.resolve("bin/java"), folders);
  }

  private static Path classes(Class<?> main) throws IOException {
    try {
      return Path.of(main.getProtectionDomain().getCodeSource().getLocation().toURI()).toRealPath();
    } catch (URISyntaxException e) {
      throw new IOException(e);
    }
  }

  private static Path parent(Path file) {
    return file.resolveSibling("").normalize();
  }

  List<Mount> mounts() {
    return folders.entrySet().stream()
        .map(
            folder ->
                new Mount()
                    .withType(MountType.BIND)
                    .withSource(folder.getKey().toString())
                    .withTarget(folder.getValue())
                    .withReadOnly(true))
        .toList();
  }

  /** A small heap, no file of its own. */
  List<String> command(Class<?> main, int heapMebibytes) {
    return List.of(
        program.toString(),
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-XX:-UsePerfData",
        "-XX:+ExitOnOutOfMemoryError",
        "-Xms8m",
        "-Xmx" + heapMebibytes + "m",
        "-cp",
        CLASSES,
        main.getName());
  }
}
