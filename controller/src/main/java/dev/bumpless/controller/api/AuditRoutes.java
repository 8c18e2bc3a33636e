package dev.bumpless.controller.api;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.bumpless.controller.audit.AuditLog;
import dev.bumpless.controller.audit.AuditRecord;
import dev.bumpless.controller.audit.ChainHead;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** {@code /audit}: who did what, as a page and as a whole. */
final class AuditRoutes {
  private static final Logger LOG = System.getLogger(AuditRoutes.class.getName());
  private static final int MAX_LIMIT = 500;
  private static final int PAGE = 500;

  private final AuditLog log;
  private final RestJson json;

  AuditRoutes(AuditLog log, RestJson json) {
    this.log = log;
    this.json = json;
  }

  void installOn(RoutesConfig routes) {
    routes.get(RestServer.BASE + "/audit", this::recent);
    routes.get(RestServer.BASE + "/audit/export", this::export);
  }

  private void recent(Context context) {
    int limit = Query.number(context, "limit", 50, 1, MAX_LIMIT);
    List<RecordBody> newest =
        onePerCall(log.recent(2 * limit)).limit(limit).map(RecordBody::of).toList();
    context.contentType("application/json").result(json.write(newest));
  }

  /** Of a call that ended its end alone, which is newer than its begin. */
  private static Stream<AuditRecord> onePerCall(List<AuditRecord> newest) {
    Set<Long> ended =
        newest.stream()
            .flatMapToLong(record -> record.entry().begun().stream())
            .boxed()
            .collect(Collectors.toSet());
    return newest.stream().filter(record -> !ended.contains(record.number()));
  }

  /** One record a line, then the end; whoever reads no end has not read all. */
  private void export(Context context) throws IOException {
    long after = Query.number(context, "after", 0, 0, Integer.MAX_VALUE);
    ChainHead end = log.head();
    context.contentType("application/x-ndjson").header("X-Accel-Buffering", "no");
    try {
      // Not Javalin's own stream: it compresses, and keeps what is flushed.
      write(after, end, context.res().getOutputStream());
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "whoever exported the audit went away");
    }
  }

  private void write(long after, ChainHead end, OutputStream out) throws IOException {
    long last = after;
    while (last < end.number()) {
      List<AuditRecord> page =
          log.after(last, PAGE).stream().filter(r -> r.number() <= end.number()).toList();
      if (page.isEmpty()) {
        break; // the newest are gone; the end tells
      }
      for (AuditRecord record : page) {
        line(out, RecordBody.of(record));
      }
      last = page.get(page.size() - 1).number();
    }
    line(out, new EndBody(end.toString()));
    out.flush();
  }

  private void line(OutputStream out, Object body) throws IOException {
    out.write(json.write(body));
    out.write('\n');
  }

  @JsonPropertyOrder({
    "number",
    "at",
    "actor",
    "from",
    "action",
    "object",
    "outcome",
    "begun",
    "previous",
    "hash"
  })
  record RecordBody(
      long number,
      String at,
      String actor,
      String from,
      String action,
      String object,
      String outcome,
      @Nullable Long begun,
      String previous,
      String hash) {

    static RecordBody of(AuditRecord record) {
      AuditLog.Entry entry = record.entry();
      return new RecordBody(
          record.number(),
          entry.at().toString(),
          entry.actor(),
          entry.from(),
          entry.action(),
          entry.object(),
          entry.outcome(),
          entry.begun().isPresent() ? entry.begun().getAsLong() : null,
          record.previous(),
          record.hash());
    }
  }

  /**
   * @param end the head as the log remembers it
   */
  record EndBody(String end) {}
}
