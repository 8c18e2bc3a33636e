package dev.bumpless.rig;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;

/** The test app as people run it without us: a published port, upgraded by stop, remove, run. */
public final class Baseline implements AutoCloseable {
  private final String name =
      "baseline-" + Long.toHexString(ThreadLocalRandom.current().nextLong());
  private final int http;
  private final int tcp;

  private Baseline(int http, int tcp) {
    this.http = http;
    this.tcp = tcp;
  }

  /** Returns once it answers on the ports of loopback. */
  public static Baseline start(Path folder, int http, int tcp)
      throws IOException, InterruptedException {
    Baseline baseline = new Baseline(http, tcp);
    baseline.buildImage(folder);
    baseline.run();
    baseline.awaitAnswer();
    return baseline;
  }

  private void buildImage(Path folder) throws IOException, InterruptedException {
    TestApp.compile(folder);
    Path tar = folder.resolve("baseline.tar");
    Command.run("tar", "-C", folder.toString(), "-cf", tar.toString(), "testapp");
    Command.run("docker", "import", "-c", "ENTRYPOINT [\"/testapp\"]", tar.toString(), name);
    Files.delete(tar);
  }

  private void run() throws IOException, InterruptedException {
    Command.run(
        "docker",
        "run",
        "-d",
        "--name",
        name,
        "-e",
        "VERSION=baseline",
        "-p",
        "127.0.0.1:" + http + ":" + TestApp.PORT,
        "-p",
        "127.0.0.1:" + tcp + ":" + TestApp.TCP_PORT,
        name);
  }

  /** Stop, remove, run; returns once it answers again. */
  public void replace() throws IOException, InterruptedException {
    Command.run("docker", "stop", name);
    Command.run("docker", "rm", name);
    run();
    awaitAnswer();
  }

  /** The engine's own proxy accepts while the app is down, so an open port would tell nothing. */
  private void awaitAnswer() throws IOException, InterruptedException {
    Instant end = Instant.now().plus(Duration.ofSeconds(30));
    while (!HttpAsk.isOk("127.0.0.1", http, "/health")) {
      if (Instant.now().isAfter(end)) {
        throw new IOException("the app did not answer on port " + http);
      }
      Thread.sleep(5);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      Command.run("docker", "rm", "-f", name);
      Command.run("docker", "rmi", name);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while container " + name + " was removed", e);
    }
  }
}
