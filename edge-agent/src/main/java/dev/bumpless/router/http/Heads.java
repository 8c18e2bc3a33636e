package dev.bumpless.router.http;

import static io.netty.handler.codec.http.HttpHeaderNames.CONNECTION;
import static io.netty.handler.codec.http.HttpHeaderNames.CONTENT_LENGTH;
import static io.netty.handler.codec.http.HttpHeaderNames.HOST;
import static io.netty.handler.codec.http.HttpHeaderNames.TE;
import static io.netty.handler.codec.http.HttpHeaderNames.TRANSFER_ENCODING;
import static io.netty.handler.codec.http.HttpHeaderNames.UPGRADE;

import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.AsciiString;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** How heads change between the two hops (RFC 9110, 7.6). */
final class Heads {
  private static final AsciiString FORWARDED_FOR = AsciiString.cached("x-forwarded-for");
  private static final AsciiString FORWARDED_PROTO = AsciiString.cached("x-forwarded-proto");
  private static final AsciiString FORWARDED_HOST = AsciiString.cached("x-forwarded-host");
  private static final AsciiString KEEP_ALIVE = AsciiString.cached("keep-alive");
  private static final AsciiString PROXY_CONNECTION = AsciiString.cached("proxy-connection");

  /** What {@code Connection} may not name: without these a message would be another one. */
  private static final Set<String> END_TO_END =
      Set.of("content-length", "transfer-encoding", "host", "connection", "close", "keep-alive");

  private Heads() {}

  static boolean hasBody(HttpRequest head) {
    return HttpUtil.isTransferEncodingChunked(head) || HttpUtil.getContentLength(head, 0L) > 0;
  }

  static boolean wantsWebSocket(HttpRequest head) {
    return head.method().equals(HttpMethod.GET)
        && head.headers().contains(UPGRADE, HttpHeaderValues.WEBSOCKET, true)
        && head.headers().containsValue(CONNECTION, HttpHeaderValues.UPGRADE, true);
  }

  /**
   * Makes the client's head the one that the instance gets: HTTP/1.1, hop-by-hop headers gone, and
   * told where it came from. The client's address is appended to {@code X-Forwarded-For}, so that
   * its last element is always true; the other two are set, whatever the client claimed.
   */
  static void toInstance(HttpRequest head, String clientHost, String instance, boolean webSocket) {
    HttpHeaders headers = head.headers();
    removeHopByHop(headers);
    plainLength(headers);
    if (webSocket) {
      headers.set(CONNECTION, HttpHeaderValues.UPGRADE);
      headers.set(UPGRADE, HttpHeaderValues.WEBSOCKET);
    }
    originForm(head);
    List<String> before = headers.getAll(FORWARDED_FOR);
    removeOwn(headers);
    String host = headers.get(HOST);
    if (host == null) {
      headers.set(HOST, instance);
    } else {
      headers.set(FORWARDED_HOST, host);
    }
    headers.set(
        FORWARDED_FOR,
        before.isEmpty() ? clientHost : String.join(", ", before) + ", " + clientHost);
    headers.set(FORWARDED_PROTO, "http");
    head.setProtocolVersion(HttpVersion.HTTP_1_1);
  }

  /** Leading zeros are legal, and read as octal by who should not. */
  private static void plainLength(HttpHeaders headers) {
    String length = headers.get(CONTENT_LENGTH);
    if (length != null && length.startsWith("0")) {
      headers.set(CONTENT_LENGTH, Long.parseLong(length));
    }
  }

  /**
   * Removes what only the router may say, also where it is spelt {@code X_Forwarded_For}: to who
   * hands headers on as variables (CGI, WSGI) the two are one.
   */
  static void removeOwn(HttpHeaders headers) {
    if (headers.isEmpty()) {
      return;
    }
    List<CharSequence> claimed = new ArrayList<>(0);
    headers
        .iteratorCharSequence()
        .forEachRemaining(
            header -> {
              if (isOwn(header.getKey())) {
                claimed.add(header.getKey());
              }
            });
    claimed.forEach(headers::remove);
  }

  private static boolean isOwn(CharSequence name) {
    if (name.length() < FORWARDED_FOR.length() || name.length() > FORWARDED_PROTO.length()) {
      return false;
    }
    String plain = name.toString().toLowerCase(Locale.ROOT).replace('_', '-');
    return FORWARDED_FOR.contentEquals(plain)
        || FORWARDED_PROTO.contentEquals(plain)
        || FORWARDED_HOST.contentEquals(plain);
  }

  /**
   * {@code GET http://host/path} is for proxies; behind one it is {@code GET /path} of that host.
   */
  private static void originForm(HttpRequest head) {
    String uri = ascii(head.uri());
    head.setUri(uri);
    if (uri.startsWith("/") || uri.equals("*")) {
      return;
    }
    int authority = uri.indexOf("//") + 2;
    int path = authority;
    while (path < uri.length() && "/?#".indexOf(uri.charAt(path)) < 0) {
      path++;
    }
    head.headers().set(HOST, uri.substring(authority, path));
    String rest = uri.substring(path);
    head.setUri(rest.startsWith("/") ? rest : "/" + rest);
  }

  /**
   * Bytes above 0x7f, as some clients send them, percent-encoded: Netty would make others of them.
   */
  private static String ascii(String uri) {
    int at = 0;
    while (at < uri.length() && uri.charAt(at) < 0x80) {
      at++;
    }
    if (at == uri.length()) {
      return uri;
    }
    StringBuilder text = new StringBuilder(uri.length() + 16).append(uri, 0, at);
    for (; at < uri.length(); at++) {
      char next = uri.charAt(at);
      text.append(next < 0x80 ? String.valueOf(next) : String.format("%%%02X", (int) next));
    }
    return text.toString();
  }

  /**
   * Makes the instance's head the one that the client gets.
   *
   * @param oldClient that speaks HTTP/1.0, knows no chunks, and keeps only what it is told to keep
   * @param close whether the connection ends with this answer
   * @return whether it has to end after all, because nothing else marks the end of the body
   */
  static boolean toClient(HttpResponse answer, boolean oldClient, boolean bodiless, boolean close) {
    HttpHeaders headers = answer.headers();
    boolean chunked = HttpUtil.isTransferEncodingChunked(answer);
    removeHopByHop(headers);
    if (!chunked) {
      // Its length is known otherwise; beside another coding clients would not believe it.
      headers.remove(TRANSFER_ENCODING);
    }
    plainLength(headers);
    boolean endless = false;
    if (!bodiless && !headers.contains(CONTENT_LENGTH)) {
      if (oldClient) {
        headers.remove(TRANSFER_ENCODING);
        endless = true;
      } else if (!chunked) {
        headers.set(TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
      }
    }
    if (close || endless) {
      headers.set(CONNECTION, HttpHeaderValues.CLOSE);
    } else if (oldClient) {
      headers.set(CONNECTION, HttpHeaderValues.KEEP_ALIVE);
    }
    answer.setProtocolVersion(HttpVersion.HTTP_1_1);
    return close || endless;
  }

  private static void removeHopByHop(HttpHeaders headers) {
    if (headers.contains(CONNECTION)) {
      for (String value : headers.getAll(CONNECTION)) {
        for (String token : value.split(",", -1)) {
          String name = token.strip().toLowerCase(Locale.ROOT);
          if (!name.isEmpty() && !END_TO_END.contains(name)) {
            headers.remove(name);
          }
        }
      }
      headers.remove(CONNECTION);
    }
    headers.remove(KEEP_ALIVE);
    headers.remove(PROXY_CONNECTION);
    headers.remove(UPGRADE);
    if (headers.contains(TE) && !headers.containsValue(TE, HttpHeaderValues.TRAILERS, true)) {
      headers.remove(TE);
    }
  }
}
