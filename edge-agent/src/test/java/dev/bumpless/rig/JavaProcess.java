package dev.bumpless.rig;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A JVM of its own with this one's class path and the flags that the launchers give it. */
public final class JavaProcess implements AutoCloseable {
  static final List<String> AGENT_FLAGS =
      List.of(
          "-XX:+UseSerialGC",
          "-Xss256k",
          "-Xmx48m",
          "-Xms8m",
          "-Xmn4m",
          "-XX:MinHeapFreeRatio=10",
          "-XX:MaxHeapFreeRatio=20",
          "-XX:TieredStopAtLevel=1",
          "-XX:-UsePerfData",
          "-XX:+IgnoreUnrecognizedVMOptions",
          "-XX:TrimNativeHeapInterval=30000",
          "-XX:+ExitOnOutOfMemoryError");
  static final List<String> ROUTER_FLAGS =
      List.of(
          "-XX:+UseSerialGC",
          "-Xss256k",
          "-Xmx64m",
          "-Xms16m",
          "-Xmn8m",
          "-XX:-UsePerfData",
          "-XX:+IgnoreUnrecognizedVMOptions",
          "-XX:TrimNativeHeapInterval=30000",
          "-XX:+ExitOnOutOfMemoryError");

  private final Process process;

  private JavaProcess(Process process) {
    this.process = process;
  }

  /**
   * @param log what it prints is appended there
   */
  public static JavaProcess agent(Path log, String mainClass, String... args) throws IOException {
    return start(AGENT_FLAGS, log, mainClass, args);
  }

  /**
   * @param log what it prints is appended there
   */
  public static JavaProcess router(Path log, String mainClass, String... args) throws IOException {
    return start(ROUTER_FLAGS, log, mainClass, args);
  }

  private static JavaProcess start(List<String> flags, Path log, String mainClass, String... args)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    command.addAll(List.of("-cp", classPath(), mainClass));
    command.addAll(List.of(args));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().put("MALLOC_ARENA_MAX", "1");
    return new JavaProcess(builder.start());
  }

  /** Surefire may put the real one into a property of its own. */
  static String classPath() {
    return System.getProperty(
        "surefire.test.class.path", System.getProperty("java.class.path", ""));
  }

  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** SIGKILL; returns once it is gone. */
  public void kill() {
    process.destroyForcibly();
    process.onExit().join();
  }

  /** SIGTERM, then SIGKILL after 10 s. */
  @Override
  public void close() {
    process.destroy();
    process.onExit().completeOnTimeout(process, 10, TimeUnit.SECONDS).join();
    kill();
  }
}
