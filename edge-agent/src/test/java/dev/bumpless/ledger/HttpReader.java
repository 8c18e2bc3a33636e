package dev.bumpless.ledger;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Cuts a stream of bytes into HTTP/1.1 answers (RFC 9112). Interim answers are dropped, save {@code
 * 101}. A body has a length or is chunked: one that only the end of the connection ends cannot be
 * told from a cut one and is garbled here.
 */
final class HttpReader {
  private enum Part {
    HEAD,
    BODY,
    CHUNK_SIZE,
    CHUNK,
    CHUNK_END,
    TRAILER
  }

  private static final int LONGEST_LINE = 16 * 1024;

  private final StringBuilder line = new StringBuilder();
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private Map<String, String> headers = new HashMap<>();
  private Part part = Part.HEAD;
  private int status;
  private long left;

  /** The next complete answer in {@code bytes}; whatever is behind it is left there. */
  Optional<HttpAnswer> read(ByteBuffer bytes) throws GarbledException {
    while (bytes.hasRemaining()) {
      boolean complete =
          switch (part) {
            case BODY, CHUNK -> takeBody(bytes);
            case HEAD, CHUNK_SIZE, CHUNK_END, TRAILER -> takeLine(bytes) && endLine();
          };
      if (complete) {
        return Optional.of(answer());
      }
    }
    return Optional.empty();
  }

  /** Whether a part of an answer has come that is not complete. */
  boolean isMidAnswer() {
    return part != Part.HEAD || status != 0 || line.length() > 0;
  }

  private boolean takeBody(ByteBuffer bytes) {
    byte[] some = new byte[(int) Math.min(left, bytes.remaining())];
    bytes.get(some);
    body.writeBytes(some);
    left -= some.length;
    if (left > 0) {
      return false;
    }
    if (part == Part.BODY) {
      return true;
    }
    part = Part.CHUNK_END;
    return false;
  }

  /** Whether a whole line is in {@link #line} now. */
  private boolean takeLine(ByteBuffer bytes) throws GarbledException {
    while (bytes.hasRemaining()) {
      char next = (char) (bytes.get() & 0xff);
      if (next == '\n') {
        return true;
      }
      line.append(next);
      if (line.length() > LONGEST_LINE) {
        throw new GarbledException("a line of more than " + LONGEST_LINE + " bytes");
      }
    }
    return false;
  }

  /** Whether that line completes an answer. */
  private boolean endLine() throws GarbledException {
    String text = line.toString().stripTrailing();
    line.setLength(0);
    return switch (part) {
      case HEAD -> endHeadLine(text);
      case CHUNK_SIZE -> {
        left = parse(text.replaceFirst(";.*", ""), 16);
        part = left == 0 ? Part.TRAILER : Part.CHUNK;
        yield false;
      }
      case CHUNK_END -> {
        if (!text.isEmpty()) {
          throw new GarbledException("'" + text + "' behind a chunk");
        }
        part = Part.CHUNK_SIZE;
        yield false;
      }
      case TRAILER -> text.isEmpty();
      case BODY, CHUNK -> throw new IllegalStateException("a body has no lines");
    };
  }

  private boolean endHeadLine(String text) throws GarbledException {
    if (status == 0) {
      if (!text.matches("HTTP/1\\.1 \\d{3}( .*)?")) {
        throw new GarbledException("'" + text + "' is no status line");
      }
      status = Integer.parseInt(text.substring(9, 12));
      return false;
    }
    if (!text.isEmpty()) {
      int colon = text.indexOf(':');
      if (colon < 1) {
        throw new GarbledException("'" + text + "' is no header");
      }
      headers.put(
          text.substring(0, colon).toLowerCase(Locale.ROOT), text.substring(colon + 1).strip());
      return false;
    }
    return endHead();
  }

  private boolean endHead() throws GarbledException {
    if (status == 101 || status == 204 || status == 304) {
      return true;
    }
    if (status < 200) {
      reset();
      return false;
    }
    String length = headers.get("content-length");
    if (headers.getOrDefault("transfer-encoding", "").equalsIgnoreCase("chunked")) {
      part = Part.CHUNK_SIZE;
    } else if (length != null) {
      left = parse(length, 10);
      part = Part.BODY;
      return left == 0;
    } else {
      throw new GarbledException("an answer " + status + " without a length");
    }
    return false;
  }

  private static long parse(String number, int radix) throws GarbledException {
    try {
      return Long.parseUnsignedLong(number.strip(), radix);
    } catch (NumberFormatException e) {
      throw new GarbledException("'" + number + "' is no length");
    }
  }

  private HttpAnswer answer() {
    HttpAnswer answer = new HttpAnswer(status, headers, body.toString(ISO_8859_1));
    reset();
    return answer;
  }

  private void reset() {
    headers = new HashMap<>();
    body.reset();
    part = Part.HEAD;
    status = 0;
  }
}
