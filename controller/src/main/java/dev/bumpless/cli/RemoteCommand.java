package dev.bumpless.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What the verbs share that ask the controller: where it is, who asks, and how to print. */
@Command(mixinStandardHelpOptions = true)
abstract class RemoteCommand implements Callable<Integer> {
  private static final String DEFAULT_URL = "http://127.0.0.1:8080";

  /** How results are printed. */
  enum Format {
    table,
    json
  }

  @Option(
      names = {"-o", "--output"},
      paramLabel = "table|json",
      defaultValue = "table",
      description = "How to print the result (default: ${DEFAULT-VALUE}).")
  private Format format = Format.table;

  @Option(
      names = "--url",
      paramLabel = "URL",
      description = "The controller (default: $BUMPLESS_URL, or " + DEFAULT_URL + ").")
  private @Nullable String url;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "File that holds the token (default: the token in $BUMPLESS_TOKEN).")
  private @Nullable Path tokenFile;

  final Terminal terminal;

  RemoteCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  /** Carries out the verb. */
  abstract ExitCode run(Api api);

  @Override
  public Integer call() {
    return run(api()).code();
  }

  final Api api() {
    return new Api(base(), token());
  }

  final boolean isJson() {
    return format == Format.json;
  }

  final void printJson(JsonNode node) {
    terminal.out().println(node.toPrettyString());
  }

  private URI base() {
    String text = url != null ? url : terminal.environment().getOrDefault("BUMPLESS_URL", "");
    String base = (text.isBlank() ? DEFAULT_URL : text.strip()).replaceFirst("/(api/v1/?)?$", "");
    try {
      URI uri = new URI(base);
      if (uri.getHost() != null && ("http".equals(uri.getScheme()) || isHttps(uri))) {
        return uri;
      }
    } catch (URISyntaxException malformed) {
      // Told below, like one without a host.
    }
    throw new CliException(
        ExitCode.USAGE, "'" + text + "' is not an address", "write it as " + DEFAULT_URL);
  }

  private static boolean isHttps(URI uri) {
    return "https".equals(uri.getScheme());
  }

  private String token() {
    String token = tokenFile == null ? tokenOfEnvironment() : read(tokenFile).strip();
    if (!token.isEmpty()) {
      return token;
    }
    throw new CliException(
        ExitCode.USAGE,
        "no token to show to the controller",
        "set BUMPLESS_TOKEN, or give --token-file; `bumpless init DIR` wrote it to"
            + " DIR/controller/token");
  }

  private String tokenOfEnvironment() {
    return terminal.environment().getOrDefault("BUMPLESS_TOKEN", "").strip();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException failed) {
      throw new CliException(
          ExitCode.USAGE, "cannot read the token in " + file + ": " + failed, "");
    }
  }
}
