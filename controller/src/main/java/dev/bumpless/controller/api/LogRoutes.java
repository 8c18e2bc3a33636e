package dev.bumpless.controller.api;

import dev.bumpless.controller.fleet.LogSource;
import dev.bumpless.controller.fleet.LogSource.Answer;
import dev.bumpless.controller.fleet.LogSource.Question;
import dev.bumpless.controller.problem.Problem;
import dev.bumpless.manifest.AppName;
import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.LogChunk;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/** The log of a container, piece by piece from the device to the caller. */
final class LogRoutes {
  private static final Logger LOG = System.getLogger(LogRoutes.class.getName());
  private static final int MAX_TAIL = 10_000;
  private static final Duration FIRST_WORD = Duration.ofSeconds(10);

  /** A caller that went away is noticed when something is written: an empty flush this often. */
  private static final Duration SILENCE = Duration.ofSeconds(15);

  static final Duration LONGEST = Duration.ofHours(1);

  private final LogSource logs;
  private final InstantSource clock;

  LogRoutes(LogSource logs, InstantSource clock) {
    this.logs = logs;
    this.clock = clock;
  }

  void installOn(RoutesConfig routes) {
    routes.get(RestServer.BASE + "/devices/{id}/apps/{app}/logs", this::stream);
  }

  private void stream(Context context) {
    Question question =
        new Question(
            new DeviceId(context.pathParam("id")),
            new AppName(context.pathParam("app")),
            Query.text(context, "container"),
            Query.text(context, "slot"),
            Query.number(context, "tail", 100, 0, MAX_TAIL),
            Query.flag(context, "follow"));
    try (Answer answer = logs.ask(question)) {
      Optional<LogChunk> first = answer.next(FIRST_WORD);
      refuse(question, first);
      context.contentType("text/plain; charset=utf-8").header("X-Accel-Buffering", "no");
      // Not Javalin's own stream: it compresses, and keeps what is flushed.
      copy(first, answer, context.res().getOutputStream());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the server stops, and with it the answer
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "whoever read the log of {0} went away", question.app());
    }
  }

  private static void refuse(Question question, Optional<LogChunk> first) {
    if (first.isEmpty() && !question.follow()) {
      throw Problem.of(
          Problem.Code.DEVICE_OFFLINE,
          "device %s did not answer within %d s"
              .formatted(question.device(), FIRST_WORD.toSeconds()),
          "is its agent running? Its log on the device tells more");
    }
    if (first.isPresent() && first.get().last() && !first.get().error().isEmpty()) {
      throw Problem.of(
          Problem.Code.NOT_FOUND,
          "log of %s on %s: %s".formatted(question.app(), question.device(), first.get().error()),
          "see `bumpless describe device " + question.device() + "`");
    }
  }

  private void copy(Optional<LogChunk> first, Answer answer, OutputStream out)
      throws IOException, InterruptedException {
    Instant end = clock.instant().plus(LONGEST);
    Optional<LogChunk> next = first;
    int expected = 0;
    while (clock.instant().isBefore(end)) {
      if (next.isPresent()) {
        LogChunk chunk = next.get();
        write(out, missing(chunk.number() - expected));
        write(out, chunk.text());
        write(out, chunk.error().isEmpty() ? "" : "[bumpless: " + chunk.error() + "]\n");
        expected = chunk.number() + 1;
        if (chunk.last()) {
          return;
        }
      }
      out.flush();
      next = answer.next(SILENCE);
    }
    write(out, "[bumpless: ended after " + LONGEST.toHours() + " h]\n");
  }

  private static String missing(int pieces) {
    return pieces <= 0 ? "" : "[bumpless: " + pieces + " pieces of the log were lost here]\n";
  }

  private static void write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
  }
}
