package dev.bumpless.agent;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.logging.ConsoleHandler;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * A line for each record: {@code ts=… level=… from=… msg="…"}, and the trace of a failure below.
 */
final class FieldsFormatter extends Formatter {

  /** All logging of this process goes to stderr in this form from now on. */
  static void install() {
    Logger root = Logger.getLogger("");
    for (Handler handler : root.getHandlers()) {
      root.removeHandler(handler);
    }
    ConsoleHandler stderr = new ConsoleHandler();
    stderr.setFormatter(new FieldsFormatter());
    stderr.setLevel(Level.ALL);
    root.addHandler(stderr);
    root.setLevel(Level.INFO);
  }

  @Override
  public String format(LogRecord entry) {
    String message = formatMessage(entry).replace("\"", "'").replace("\n", " | ");
    String from = entry.getLoggerName() == null ? "" : entry.getLoggerName();
    return "ts=%s level=%s from=%s msg=\"%s\"%n%s"
        .formatted(
            DateTimeFormatter.ISO_INSTANT.format(entry.getInstant().atOffset(ZoneOffset.UTC)),
            level(entry.getLevel()),
            from.substring(from.lastIndexOf('.') + 1),
            message,
            trace(entry));
  }

  private static String level(Level level) {
    if (level.intValue() >= Level.SEVERE.intValue()) {
      return "error";
    }
    if (level.intValue() >= Level.WARNING.intValue()) {
      return "warn";
    }
    return level.intValue() >= Level.INFO.intValue() ? "info" : "debug";
  }

  private static String trace(LogRecord entry) {
    if (entry.getThrown() == null) {
      return "";
    }
    StringWriter text = new StringWriter();
    try (PrintWriter writer = new PrintWriter(text)) {
      entry.getThrown().printStackTrace(writer);
    }
    return text.toString();
  }
}
