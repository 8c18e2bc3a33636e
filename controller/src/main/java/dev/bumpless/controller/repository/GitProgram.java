package dev.bumpless.controller.repository;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The installed {@code git}, as a process that can be killed: in a folder of its own, without
 * anybody's configuration, with a limit on its time, its memory and what it writes. Output goes to
 * files of that folder, so that the limit holds for it too and nobody has to pump it.
 */
final class GitProgram {
  /** How much of an output is read. */
  private static final int MOST_OUTPUT = 16 * 1024 * 1024;

  private static final String LIMITED =
      "ulimit -f \"$1\" && ulimit -v \"$2\" && shift 2 && exec git \"$@\"";
  private static final int FILE_BLOCK = 512;
  private static final int KILL_SECONDS = 5;
  private static final String CREDENTIALS = "BUMPLESS_GIT_CREDENTIALS";

  private final Path folder;
  private final String scheme;
  private final Optional<Path> credentials;
  private final GitLimits limits;

  /** How it ended. */
  record Ended(int code, ByteBuffer output, String complaint) {
    boolean isWell() {
      return code == 0;
    }

    String text() {
      return StandardCharsets.UTF_8.decode(output.duplicate()).toString();
    }
  }

  /**
   * @param folder empty; a repository is made in it
   * @param scheme the one protocol that may be spoken, whatever a remote redirects to
   * @param credentials file with lines {@code username=…} and {@code password=…}
   */
  GitProgram(Path folder, String scheme, Optional<Path> credentials, GitLimits limits) {
    this.folder = folder;
    this.scheme = scheme;
    this.credentials = credentials;
    this.limits = limits;
  }

  /**
   * Runs it to its end.
   *
   * @param input what it reads; empty for nothing
   * @throws IOException that says why where it cannot be started, or has not ended in time
   */
  Ended run(Duration most, String input, String... arguments)
      throws IOException, InterruptedException {
    Path in = Files.writeString(folder.resolve("in"), input);
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    ProcessBuilder builder =
        new ProcessBuilder(command(arguments))
            .directory(folder.toFile())
            .redirectInput(in.toFile())
            .redirectOutput(Redirect.to(out.toFile()))
            .redirectError(Redirect.to(err.toFile()));
    setUp(builder.environment());
    Process process = builder.start();
    try {
      if (!process.waitFor(most.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IOException("no end of it within " + most.toSeconds() + " s");
      }
    } finally {
      kill(process);
    }
    return new Ended(process.exitValue(), ByteBuffer.wrap(head(out)), complaint(err));
  }

  private List<String> command(String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                "sh",
                "-c",
                LIMITED,
                "sh",
                Long.toString(limits.fileBytes() / FILE_BLOCK),
                Long.toString(limits.memoryBytes() / 1024)));
    settings().forEach((key, value) -> command.addAll(List.of("-c", key + "=" + value)));
    command.addAll(List.of(arguments));
    return command;
  }

  private Map<String, String> settings() {
    return Map.ofEntries(
        Map.entry("protocol.allow", "never"),
        Map.entry("protocol." + scheme + ".allow", "always"),
        Map.entry("http.followRedirects", "false"),
        Map.entry("http.lowSpeedLimit", "1000"),
        Map.entry("http.lowSpeedTime", "30"),
        Map.entry("credential.helper", credentials.isPresent() ? helper() : ""),
        // whatever comes stays one file, whose size is limited
        Map.entry("fetch.unpackLimit", "1"),
        Map.entry("transfer.fsckObjects", "true"),
        Map.entry("pack.threads", "1"),
        // what is larger goes through it piece by piece, however well it was packed
        Map.entry("core.bigFileThreshold", "1m"),
        Map.entry("gc.auto", "0"),
        Map.entry("maintenance.auto", "false"),
        Map.entry("core.hooksPath", "/dev/null"),
        Map.entry("core.quotePath", "false"));
  }

  /** Only ever read: git's own would forget credentials that a server refused once. */
  private static String helper() {
    return "!f() { test \"$1\" = get && cat \"$" + CREDENTIALS + "\"; }; f";
  }

  private void setUp(Map<String, String> environment) {
    String path = environment.getOrDefault("PATH", "/usr/bin:/bin");
    environment.clear();
    environment.put("PATH", path);
    environment.put("HOME", folder.toString());
    environment.put("LC_ALL", "C");
    environment.put("GIT_DIR", folder.resolve("repository").toString());
    environment.put("GIT_CONFIG_NOSYSTEM", "1");
    environment.put("GIT_CONFIG_GLOBAL", File.separator + "dev/null");
    environment.put("GIT_TERMINAL_PROMPT", "0");
    environment.put("GIT_ASKPASS", "true");
    credentials.ifPresent(file -> environment.put(CREDENTIALS, file.toString()));
  }

  /** With whatever it started; who dies still writes, so it is waited for. */
  private static void kill(Process process) {
    List<ProcessHandle> all =
        Stream.concat(Stream.of(process.toHandle()), process.descendants()).toList();
    all.forEach(ProcessHandle::destroyForcibly);
    CompletableFuture<?>[] ends =
        all.stream().map(ProcessHandle::onExit).toArray(CompletableFuture<?>[]::new);
    CompletableFuture.allOf(ends).completeOnTimeout(null, KILL_SECONDS, TimeUnit.SECONDS).join();
  }

  private static byte[] head(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MOST_OUTPUT + 1);
      if (bytes.length > MOST_OUTPUT) {
        throw new IOException("it answered with more than " + (MOST_OUTPUT >> 20) + " MiB");
      }
      return bytes;
    }
  }

  /**
   * The first line that tells of a failure; the rest is advice to people at a terminal. How long it
   * took is left out: the same failure is the same words each time.
   */
  private static String complaint(Path err) throws IOException {
    List<String> lines =
        new String(head(err), StandardCharsets.UTF_8)
            .lines()
            .map(Manifests::printable)
            .filter(line -> !line.isEmpty())
            .toList();
    return lines.stream()
        .filter(line -> line.startsWith("fatal:") || line.startsWith("error:"))
        .findFirst()
        .or(() -> lines.stream().reduce((first, last) -> last))
        .map(line -> line.replaceFirst("^(fatal|error): ", ""))
        .map(line -> line.replaceFirst(" after [0-9]+ (ms|milliseconds)", ""))
        .orElse("it ended without a word");
  }
}
