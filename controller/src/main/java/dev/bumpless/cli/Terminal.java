package dev.bumpless.cli;

import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Where the person, or the script, sits.
 *
 * @param out results
 * @param err everything else: progress, errors
 * @param live whether {@code err} is a terminal, where a line may be drawn over
 */
record Terminal(
    Map<String, String> environment,
    InputStream in,
    PrintStream out,
    PrintStream err,
    boolean live) {

  Terminal {
    environment = Map.copyOf(environment);
  }

  /**
   * The real one. {@code bin/bumpless} tells by a property whether standard error is a terminal.
   */
  static Terminal ofThisProcess() {
    return new Terminal(
        System.getenv(),
        System.in,
        printer(System.out),
        printer(System.err),
        Boolean.getBoolean("bumpless.terminal"));
  }

  /** Messages hold characters beyond ASCII whatever the locale says. */
  private static PrintStream printer(OutputStream stream) {
    return new PrintStream(stream, true, StandardCharsets.UTF_8);
  }
}
