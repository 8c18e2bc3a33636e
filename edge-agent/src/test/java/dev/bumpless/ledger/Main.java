package dev.bumpless.ledger;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The drop ledger as a program; usage in {@link CommandLine#USAGE}. */
public final class Main {
  private static final int LOST = 1;
  private static final int USAGE = 2;

  private final CommandLine line;
  private final CountDownLatch wanted = new CountDownLatch(1);
  private final CountDownLatch written = new CountDownLatch(1);
  private volatile int exitCode = LOST;

  private Main(CommandLine line) {
    this.line = line;
  }

  public static void main(String[] args) throws Exception {
    CommandLine line;
    try {
      line = CommandLine.parse(List.of(args));
    } catch (IllegalArgumentException e) {
      System.err.println("ledger: " + e.getMessage() + "\n\n" + CommandLine.USAGE);
      System.exit(USAGE);
      return;
    }
    new Main(line).run();
  }

  private void run() throws IOException, InterruptedException {
    Runtime.getRuntime().addShutdownHook(new Thread(this::endBySignal, "ledger-signal"));
    Thread input = new Thread(this::endByInput, "ledger-input");
    input.setDaemon(true);
    input.start();
    Ledger ledger = Ledger.start(line.options());
    waitForEnd();
    LedgerReport report = ledger.stop();
    System.out.print(ReportText.of(report));
    System.out.flush();
    if (line.json().isPresent()) {
      Files.writeString(line.json().get(), ReportJson.of(report));
    }
    exitCode = report.lost() == 0 && report.sent() > 0 ? 0 : LOST;
    written.countDown();
    System.exit(exitCode);
  }

  private void waitForEnd() throws InterruptedException {
    Instant end = line.duration().map(Instant.now()::plus).orElse(Instant.MAX);
    while (Instant.now().isBefore(end)
        && line.untilFile().map(file -> !Files.exists(file)).orElse(true)
        && !wanted.await(50, TimeUnit.MILLISECONDS)) {}
  }

  /** The JVM is going down: with the ledger written first, and with its exit code. */
  private void endBySignal() {
    wanted.countDown();
    try {
      if (written.await(60, TimeUnit.SECONDS)) {
        Runtime.getRuntime().halt(exitCode);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A line ends the run; the end of input does not, as there may be none from the start. */
  private void endByInput() {
    try {
      if (System.in.read() >= 0) {
        wanted.countDown();
      }
    } catch (IOException e) {
      // No input to hear from: the other ways to end remain.
    }
  }
}
