package dev.bumpless.rig;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Runs a program to its end. */
public final class Command {
  private Command() {}

  /**
   * What it printed, both streams.
   *
   * @throws IOException when it could not start or ended with another code than 0
   */
  public static String run(String... words) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(
          String.join(" ", List.of(words)) + " ended with " + process.exitValue() + ": " + output);
    }
    return output;
  }
}
