package dev.bumpless.agent.http;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Status and fields of an answer, and how its body is framed (RFC 9112, 6.3).
 *
 * @param fields by lower-case name
 */
record Head(int status, Map<String, String> fields) {
  private static final int MOST_BYTES = 64 * 1024;
  private static final int MOST_INTERIM = 199;
  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] ([1-9]\\d{2})( .*)?");
  private static final Pattern LENGTH = Pattern.compile("\\d{1,18}");

  static Head read(InputStream in) throws IOException {
    List<String> lines = text(in).lines().filter(line -> !line.isEmpty()).toList();
    Matcher status = STATUS.matcher(lines.isEmpty() ? "" : lines.get(0));
    if (!status.matches()) {
      throw new ProtocolException("what came is no HTTP answer");
    }
    Map<String, String> fields = new LinkedHashMap<>();
    for (String line : lines.subList(1, lines.size())) {
      int colon = line.indexOf(':');
      if (colon <= 0) {
        throw new ProtocolException("the answer has a line that is no header");
      }
      String name = line.substring(0, colon).toLowerCase(Locale.ROOT);
      fields.merge(name, line.substring(colon + 1).strip(), (one, other) -> one + ", " + other);
    }
    return new Head(Integer.parseInt(status.group(1)), fields);
  }

  private static String text(InputStream in) throws IOException {
    StringBuilder text = new StringBuilder();
    while (!endsWithEmptyLine(text)) {
      int next = in.read();
      if (next < 0) {
        throw new EOFException(
            text.length() == 0 ? "closed without an answer" : "closed within the answer's head");
      }
      if (text.length() >= MOST_BYTES) {
        throw new ProtocolException("the answer's head is longer than 64 KiB");
      }
      text.append((char) next);
    }
    return text.toString();
  }

  private static boolean endsWithEmptyLine(StringBuilder text) {
    int end = text.length();
    if (end < 2 || text.charAt(end - 1) != '\n') {
      return false;
    }
    int before = text.charAt(end - 2) == '\r' ? end - 3 : end - 2;
    return before >= 0 && text.charAt(before) == '\n';
  }

  /** Whether another head follows, as 100 (Continue). */
  boolean isInterim() {
    return status <= MOST_INTERIM;
  }

  /** Known before the body is read; empty where chunks or the end of the connection tell. */
  OptionalLong bodyBytes() throws ProtocolException {
    if (status == 204 || status == 304) {
      return OptionalLong.of(0);
    }
    String length = fields.get("content-length");
    if (length == null || fields.containsKey("transfer-encoding")) {
      return OptionalLong.empty();
    }
    if (!LENGTH.matcher(length).matches()) {
      throw new ProtocolException("the answer's Content-Length is '" + length + "'");
    }
    return OptionalLong.of(Long.parseLong(length));
  }

  InputStream body(InputStream in) throws ProtocolException {
    OptionalLong known = bodyBytes();
    if (known.isPresent()) {
      return new KnownBody(in, known.getAsLong());
    }
    String coding = fields.get("transfer-encoding");
    if (coding == null) {
      return in;
    }
    if (!coding.equalsIgnoreCase("chunked")) {
      throw new ProtocolException("the answer's Transfer-Encoding is '" + coding + "'");
    }
    return new ChunkedBody(in);
  }
}
