package dev.bumpless.agent.health;

import dev.bumpless.agent.swap.HealthProbe.Result;
import dev.bumpless.manifest.HealthCheck;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One GET on a connection of its own, passed on 200 to 399 with the whole answer, or its first 64
 * KiB, in time. Redirects are not followed. Written on a socket because the JDK's HTTP client costs
 * a gateway several MB and keeps connections that outlive the container.
 */
record HttpProbe(HealthCheck.Http check) implements SocketProbe {
  private static final int MAX_BYTES = 64 * 1024;
  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] (\\d{3})[ \r]");
  private static final Pattern LENGTH =
      Pattern.compile("\r\ncontent-length:\\s*(\\d{1,9})\\s*\r\n");
  private static final Pattern CHUNKED =
      Pattern.compile("\r\ntransfer-encoding:[^\r]*chunked\\s*\r\n");

  @Override
  public String asked(String address) {
    return "GET http://" + address + ":" + check.port() + check.path();
  }

  @Override
  public int port() {
    return check.port();
  }

  @Override
  public Result talk(Socket socket, Deadline deadline) throws IOException {
    String address = socket.getInetAddress().getHostAddress();
    socket.getOutputStream().write(request(address, check.port(), check.path()));
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    InputStream in = socket.getInputStream();
    byte[] buffer = new byte[4096];
    while (answer.size() < MAX_BYTES && !isComplete(answer)) {
      socket.setSoTimeout(deadline.remainingMillis());
      int count = in.read(buffer);
      if (count < 0) {
        break;
      }
      answer.write(buffer, 0, count);
    }
    return judge(asked(address), answer.toString(StandardCharsets.ISO_8859_1));
  }

  static byte[] request(String host, int port, String path) {
    String text =
        "GET %s HTTP/1.1\r\nHost: %s:%d\r\nUser-Agent: bumpless\r\nAccept: */*\r\nConnection: close\r\n\r\n"
            .formatted(path, host, port);
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static Result judge(String asked, String answer) {
    Matcher status = STATUS.matcher(answer);
    if (!status.lookingAt() || !answer.contains("\r\n\r\n")) {
      return new Result(
          false, asked + ": " + (answer.isEmpty() ? "closed without an answer" : "no HTTP answer"));
    }
    int code = Integer.parseInt(status.group(1));
    return new Result(code >= 200 && code < 400, asked + " answered " + code);
  }

  /** So that a server which keeps the connection in spite of what we ask does not look slow. */
  private static boolean isComplete(ByteArrayOutputStream answer) {
    String text = answer.toString(StandardCharsets.ISO_8859_1);
    int head = text.indexOf("\r\n\r\n");
    if (head < 0) {
      return false;
    }
    String headers = text.substring(0, head + 2).toLowerCase(Locale.ROOT);
    int bodyBytes = text.length() - head - 4;
    if (CHUNKED.matcher(headers).find()) {
      return text.endsWith("\r\n0\r\n\r\n");
    }
    Matcher length = LENGTH.matcher(headers);
    return length.find() && bodyBytes >= Integer.parseInt(length.group(1));
  }
}
