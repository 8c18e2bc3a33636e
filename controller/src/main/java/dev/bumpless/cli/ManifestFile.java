package dev.bumpless.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A manifest as the operator wrote it, and what to call it in errors. */
record ManifestFile(String name, String text) {
  private static final Pattern KIND_ROLLOUT =
      Pattern.compile("(?m)^kind:\\s*[\"']?Rollout[\"']?\\s*(#.*)?$");
  private static final Pattern APP_FILE =
      Pattern.compile("(?m)^app:\\s*[\"']?([A-Za-z0-9][A-Za-z0-9._-]*\\.ya?ml)[\"']?\\s*(#.*)?$");

  /** The controller takes less; more than this is not a manifest. */
  private static final int MOST_BYTES = 4 << 20;

  /** Reads it; {@code -} is standard input. */
  static ManifestFile read(String name, Terminal terminal) {
    try {
      if (name.equals("-")) {
        return new ManifestFile("<stdin>", text(terminal.in()));
      }
      try (InputStream in = Files.newInputStream(Path.of(name))) {
        return new ManifestFile(name, text(in));
      }
    } catch (NoSuchFileException missing) {
      throw new CliException(ExitCode.USAGE, "there is no file " + name, "");
    } catch (AccessDeniedException denied) {
      throw new CliException(ExitCode.USAGE, "cannot read " + name + ": permission denied", "");
    } catch (IOException failed) {
      throw new CliException(
          ExitCode.USAGE, "cannot read " + name + ": " + failed.getMessage(), "");
    }
  }

  /**
   * The app's manifest that a rollout names, from beside it; empty where this is no rollout, or one
   * that names a release. All else that may be wrong is the controller's to tell.
   */
  Optional<ManifestFile> beside(Terminal terminal) {
    Matcher app = APP_FILE.matcher(text);
    if (!KIND_ROLLOUT.matcher(text).find() || !app.find()) {
      return Optional.empty();
    }
    boolean isStandardInput = name.startsWith("<");
    Path beside =
        isStandardInput ? Path.of(app.group(1)) : Path.of(name).resolveSibling(app.group(1));
    return Optional.of(read(beside.toString(), terminal));
  }

  private static String text(InputStream in) throws IOException {
    byte[] bytes = in.readNBytes(MOST_BYTES + 1);
    if (bytes.length > MOST_BYTES) {
      throw new IOException("larger than 4 MiB, which is no manifest");
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** Runs what sends this manifest; what the controller finds wrong in it bears its name. */
  <T> T placingErrors(Supplier<T> call) {
    try {
      return call.get();
    } catch (Refusal refusal) {
      throw refusal.in(name);
    }
  }
}
