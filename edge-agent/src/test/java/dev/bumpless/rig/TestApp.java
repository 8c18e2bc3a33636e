package dev.bumpless.rig;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** The app of {@code testapp.c}: as a program of this machine, and as an image. */
public final class TestApp {
  public static final int PORT = 8080;
  public static final int TCP_PORT = 7007;

  private TestApp() {}

  /** Compiles it to {@code folder/testapp}, static, for this machine. Needs gcc and libc6-dev. */
  public static Path compile(Path folder) throws IOException, InterruptedException {
    return compile("testapp", folder);
  }

  /** The same of the app with its state in memory, {@code stateapp.c}. */
  public static Path compileStateful(Path folder) throws IOException, InterruptedException {
    return compile("stateapp", folder);
  }

  /** The same of the app that counts, {@code counterapp.c}. */
  static Path compileCounter(Path folder) throws IOException, InterruptedException {
    return compile("counterapp", folder);
  }

  private static Path compile(String name, Path folder) throws IOException, InterruptedException {
    Path source = folder.resolve(name + ".c");
    Path program = folder.resolve(name);
    try (InputStream in = TestApp.class.getResourceAsStream("/testapp/" + name + ".c")) {
      if (in == null) {
        throw new IOException(name + ".c is not among the resources of the tests");
      }
      Files.write(source, in.readAllBytes());
    }
    Command.run("gcc", "-static", "-s", "-O2", "-o", program.toString(), source.toString());
    return program;
  }

  /** Runs it on this machine. */
  public static Process run(Path program, int port, int tcpPort, String version)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(program.toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD);
    builder
        .environment()
        .putAll(
            Map.of(
                "PORT", String.valueOf(port),
                "TCP_PORT", String.valueOf(tcpPort),
                "VERSION", version));
    return builder.start();
  }
}
