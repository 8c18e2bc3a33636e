package dev.bumpless.controller.repository;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A real repository, made and written to with the installed {@code git}. */
public final class GitRepository {
  private final Path folder;

  public GitRepository(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder);
    git("init", "--quiet", "--initial-branch=main");
    git("config", "http.receivepack", "false");
  }

  public Path folder() {
    return folder;
  }

  public String url() {
    return "file://" + folder;
  }

  /** Writes the file and commits everything; returns the commit. */
  public String commit(String path, String text) throws IOException {
    Path file = folder.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    return commit();
  }

  /** Commits whatever lies there; returns the commit. */
  public String commit() throws IOException {
    git("add", "--all");
    git("commit", "--quiet", "--allow-empty", "-m", "Change what runs");
    return git("rev-parse", "HEAD").strip();
  }

  public String git(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("git"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
    builder
        .environment()
        .putAll(
            Map.of(
                "GIT_CONFIG_GLOBAL", "/dev/null",
                "GIT_CONFIG_NOSYSTEM", "1",
                "GIT_AUTHOR_NAME", "a",
                "GIT_AUTHOR_EMAIL", "a@example.com",
                "GIT_COMMITTER_NAME", "a",
                "GIT_COMMITTER_EMAIL", "a@example.com"));
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.onExit().join().exitValue() != 0) {
      throw new IOException(command + ": " + output);
    }
    return output;
  }
}
