package dev.bumpless.router.http;

import static io.netty.handler.codec.http.HttpHeaderNames.CONTENT_LENGTH;
import static io.netty.handler.codec.http.HttpHeaderNames.HOST;
import static io.netty.handler.codec.http.HttpHeaderNames.TRANSFER_ENCODING;

import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which requests are refused before an instance sees them: all that two parsers could read
 * differently, which is how requests are smuggled past a proxy (RFC 9112, 11.2).
 */
final class RequestRules {
  /** May be sent twice with the effect of once (RFC 9110, 9.2.2). */
  private static final Set<HttpMethod> IDEMPOTENT =
      Set.of(
          HttpMethod.GET,
          HttpMethod.HEAD,
          HttpMethod.OPTIONS,
          HttpMethod.TRACE,
          HttpMethod.PUT,
          HttpMethod.DELETE);

  /** Most header lines of a request; each costs many times its bytes. */
  static final int MOST_HEADERS = 128;

  private RequestRules() {}

  /** Why a request is refused. */
  record Refused(HttpResponseStatus status, String reason) {}

  static boolean isIdempotent(HttpMethod method) {
    return IDEMPOTENT.contains(method);
  }

  static @Nullable Refused check(HttpRequest head) {
    if (head.decoderResult().isFailure()) {
      return undecodable(head.decoderResult().cause());
    }
    HttpVersion version = head.protocolVersion();
    if (!version.equals(HttpVersion.HTTP_1_1) && !version.equals(HttpVersion.HTTP_1_0)) {
      return new Refused(
          HttpResponseStatus.HTTP_VERSION_NOT_SUPPORTED, version + ": speak HTTP/1.1 or 1.0");
    }
    if (head.method().equals(HttpMethod.CONNECT)) {
      return new Refused(HttpResponseStatus.NOT_IMPLEMENTED, "CONNECT: this is no forward proxy");
    }
    if (!isTarget(head.uri())) {
      return bad("the target '" + abridged(head.uri()) + "' is no path and no http URL");
    }
    return headers(head, version);
  }

  private static @Nullable Refused headers(HttpRequest head, HttpVersion version) {
    HttpHeaders headers = head.headers();
    List<String> hosts = headers.getAll(HOST);
    if (hosts.size() > 1) {
      return bad("more than one Host");
    }
    if (!hosts.isEmpty() && !isHost(hosts.get(0))) {
      return bad("Host '" + abridged(hosts.get(0)) + "'");
    }
    if (headers.size() > MOST_HEADERS) {
      return new Refused(
          HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
          headers.size() + " headers: at most " + MOST_HEADERS);
    }
    if (hosts.isEmpty() && version.equals(HttpVersion.HTTP_1_1)) {
      return bad("no Host");
    }
    if (headers.contains(TRANSFER_ENCODING)) {
      List<String> encodings = headers.getAll(TRANSFER_ENCODING);
      if (encodings.size() != 1 || !encodings.get(0).equalsIgnoreCase("chunked")) {
        return new Refused(
            HttpResponseStatus.NOT_IMPLEMENTED,
            "Transfer-Encoding " + abridged(String.join(", ", encodings)) + ": only chunked");
      }
    }
    List<String> lengths = headers.getAll(CONTENT_LENGTH);
    if (lengths.size() > 1 || (lengths.size() == 1 && !isNumber(lengths.get(0)))) {
      return bad("Content-Length " + abridged(String.join(", ", lengths)));
    }
    return null;
  }

  private static Refused undecodable(Throwable cause) {
    if (cause instanceof TooLongHttpLineException) {
      return new Refused(HttpResponseStatus.REQUEST_URI_TOO_LONG, "the request line is too long");
    }
    if (cause instanceof TooLongFrameException) {
      return new Refused(
          HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "the headers are too long");
    }
    return bad(String.valueOf(cause.getMessage()));
  }

  private static Refused bad(String reason) {
    return new Refused(HttpResponseStatus.BAD_REQUEST, reason);
  }

  /** A name or address and a port, nothing that could pass as user, path or list. */
  private static boolean isHost(String text) {
    return hasNone(text, "/\\?#@,<>\"");
  }

  private static boolean isTarget(String uri) {
    return hasNone(uri, "") && isPathOrUrl(uri);
  }

  /** Nor blanks and controls. */
  private static boolean hasNone(String text, String forbidden) {
    for (int i = 0; i < text.length(); i++) {
      char next = text.charAt(i);
      if (next <= ' ' || next == 0x7f || forbidden.indexOf(next) >= 0) {
        return false;
      }
    }
    return true;
  }

  private static boolean isPathOrUrl(String uri) {
    int scheme = uri.indexOf("://");
    if (scheme >= 0 && !uri.startsWith("/")) {
      int path = scheme + 3;
      while (path < uri.length() && "/?#".indexOf(uri.charAt(path)) < 0) {
        path++;
      }
      if (path == scheme + 3 || !isHost(uri.substring(scheme + 3, path))) {
        return false;
      }
    }
    return uri.startsWith("/")
        || uri.equals("*")
        || uri.regionMatches(true, 0, "http://", 0, 7)
        || uri.regionMatches(true, 0, "https://", 0, 8);
  }

  private static boolean isNumber(String text) {
    return !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  private static String abridged(String text) {
    return text.length() <= 60 ? text : text.substring(0, 60) + "…";
  }
}
