package dev.bumpless.rig;

import dev.bumpless.agent.docker.TinyImage;
import dev.bumpless.trust.Sha256;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Modbus servers that nobody here wrote, each with 256 coils and 2,000 holding registers, of which
 * {@value #VERSION} tells the version and {@value #COUNT} counts by itself, ten a second. As
 * processes of this machine and as images, whose file system is made once and kept in {@code
 * target/modbus-images} under the hash of what it is made of.
 */
public enum ModbusServer {
  /** C, one thread. */
  LIBMODBUS {
    @Override
    List<String> command(Path folder) throws IOException, InterruptedException {
      return List.of(Program.compiled(folder, SOURCE).toString());
    }

    @Override
    List<Path> madeOf() {
      return List.of(SOURCE);
    }

    @Override
    List<String> fill(RootFolder root, Path folder) throws IOException, InterruptedException {
      root.program(Program.compiled(folder, SOURCE), Path.of("/server"));
      return List.of("/server");
    }
  },

  /** Python, asyncio. */
  PYMODBUS {
    @Override
    List<String> command(Path folder) throws IOException {
      return List.of(PYTHON.toString(), Program.script(folder, "server.py").toString());
    }

    @Override
    List<Path> madeOf() throws IOException {
      return List.of(RESOURCES.resolve("server.py"), PYTHON.toRealPath());
    }

    @Override
    List<String> fill(RootFolder root, Path folder) throws IOException, InterruptedException {
      Path python = PYTHON.toRealPath();
      Path library = Path.of("/usr/lib", python.getFileName().toString());
      root.program(python, PYTHON);
      root.tree(library, UNUSED);
      root.librariesOf(library.resolve("lib-dynload"));
      for (String module : List.of("pymodbus", "serial", "serial_asyncio")) {
        root.tree(Path.of("/usr/lib/python3/dist-packages", module), UNUSED);
      }
      root.file(Program.script(folder, "server.py"), Path.of("/server.py"));
      return List.of(PYTHON.toString(), "/server.py");
    }
  },

  /** Java, Netty. */
  DIGITALPETRI {
    @Override
    List<String> command(Path folder) {
      Path java = Path.of(System.getProperty("java.home"), "bin", "java");
      return Stream.of(
              List.of(java.toString()), FLAGS, List.of("-cp", JavaProcess.classPath()), MAIN)
          .flatMap(List::stream)
          .toList();
    }

    @Override
    List<Path> madeOf() {
      return jars();
    }

    @Override
    List<String> fill(RootFolder root, Path folder) throws IOException, InterruptedException {
      Path java = Path.of("/java");
      Command.run(
          Path.of(System.getProperty("java.home"), "bin", "jlink").toString(),
          "--add-modules=java.base,java.logging,jdk.unsupported",
          "--strip-java-debug-attributes",
          "--no-header-files",
          "--no-man-pages",
          "--output=" + root.at(java));
      root.libraries(root.at(java.resolve("bin/java")));
      root.librariesOf(root.at(java.resolve("lib")));
      for (Path jar : jars()) {
        root.file(jar, java.resolve("lib").resolve(jar.getFileName()));
      }
      Path classes = Path.of("target/test-classes");
      try (Stream<Path> files = Files.list(classes.resolve("dev/bumpless/rig"))) {
        for (Path file : files.filter(f -> f.toString().contains("DigitalpetriServer")).toList()) {
          root.file(file, Path.of("/classes").resolve(classes.relativize(file)));
        }
      }
      List<String> words = new ArrayList<>(List.of("/java/bin/java"));
      words.addAll(FLAGS);
      words.addAll(List.of("-cp", "/classes:/java/lib/*"));
      words.addAll(MAIN);
      return words;
    }
  };

  public static final int COUNT = 1_900;
  public static final int VERSION = 1_990;
  public static final int REGISTERS = 2_000;

  /** Of the containers. */
  public static final int PORT = 5_020;

  private static final Path SOURCE = Path.of("../scripts/pump-station/server.c");
  private static final Path RESOURCES = Path.of("src/test/resources/modbus");
  private static final Path IMAGES = Path.of("target/modbus-images");
  private static final Path PYTHON = Path.of("/usr/bin/python3");
  private static final Set<String> UNUSED =
      Set.of("__pycache__", "test", "idlelib", "tkinter", "ensurepip", "lib2to3", "pydoc_data");
  private static final List<String> FLAGS =
      List.of("-XX:+UseSerialGC", "-Xmx48m", "-Xss256k", "-XX:TieredStopAtLevel=1");
  private static final List<String> MAIN = List.of(DigitalpetriServer.class.getName());

  /** Of this machine; address, port and version are still to follow. */
  abstract List<String> command(Path folder) throws IOException, InterruptedException;

  /** Files that make the image another one when they change. */
  abstract List<Path> madeOf() throws IOException;

  /** Makes the file system of the image, and returns its command as {@link #command} does. */
  abstract List<String> fill(RootFolder root, Path folder) throws IOException, InterruptedException;

  /** As a process that listens on a port of loopback. */
  public Program start(Path folder, int port, int version)
      throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(command(folder));
    words.addAll(List.of("127.0.0.1", "" + port, "" + version));
    return Program.start(words, line -> {});
  }

  /** That version of it, which listens on {@link #PORT}. */
  public TinyImage image(int version) throws IOException, InterruptedException {
    Path layer = IMAGES.resolve(name().toLowerCase(java.util.Locale.ROOT) + "-" + hash() + ".tgz");
    Path command = Path.of(layer + ".command");
    if (!Files.exists(layer)) {
      make(layer, command);
    }
    List<String> words = new ArrayList<>(Files.readAllLines(command));
    words.addAll(List.of("0.0.0.0", "" + PORT, "" + version));
    return new TinyImage(TinyImage.own(), words, List.of(Files.readAllBytes(layer)));
  }

  private void make(Path layer, Path command) throws IOException, InterruptedException {
    Files.createDirectories(IMAGES);
    Path work = Files.createTempDirectory("modbus-image");
    try {
      RootFolder root = new RootFolder(work.resolve("root"));
      Files.write(command, fill(root, Files.createDirectories(work.resolve("made"))));
      root.pack(layer);
    } finally {
      Folders.delete(work);
    }
  }

  /** Of how this class makes it, too. */
  private String hash() throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(
        System.getProperty("java.version").getBytes(java.nio.charset.StandardCharsets.UTF_8));
    List<Path> files = new ArrayList<>(madeOf());
    Path sources = Path.of("src/test/java/dev/bumpless/rig");
    for (String source : List.of("ModbusServer", "RootFolder", "DigitalpetriServer")) {
      files.add(sources.resolve(source + ".java"));
    }
    for (Path file : files) {
      all.writeBytes(Files.readAllBytes(file));
    }
    return Sha256.hex(all.toByteArray()).substring(0, 12);
  }

  private static List<Path> jars() {
    return Stream.of(JavaProcess.classPath().split(java.io.File.pathSeparator, -1))
        .map(Path::of)
        .filter(path -> path.getFileName().toString().matches("(modbus|netty|slf4j-api).*\\.jar"))
        .filter(path -> !path.toString().contains("native"))
        .toList();
  }
}
