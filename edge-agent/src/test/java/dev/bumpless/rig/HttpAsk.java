package dev.bumpless.rig;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** One GET on a connection of its own. */
public final class HttpAsk {
  private static final int TIMEOUT_MILLIS = 1000;

  private HttpAsk() {}

  /** Whether it is answered with 200 within a second. */
  public static boolean isOk(String host, int port, String path) {
    try {
      return !body(host, port, path).isEmpty();
    } catch (IOException e) {
      return false;
    }
  }

  /** What is answered to a body. */
  static String post(String host, int port, String path, String body) throws IOException {
    URI uri = URI.create("http://" + host + ":" + port + path);
    HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
    connection.setConnectTimeout(TIMEOUT_MILLIS);
    connection.setReadTimeout(TIMEOUT_MILLIS);
    connection.setDoOutput(true);
    try {
      connection.getOutputStream().write(body.getBytes(StandardCharsets.UTF_8));
      return new String(connection.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } finally {
      connection.disconnect();
    }
  }

  /**
   * @throws IOException for any status but 200 too
   */
  public static String body(String host, int port, String path) throws IOException {
    URI uri = URI.create("http://" + host + ":" + port + path);
    HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
    connection.setConnectTimeout(TIMEOUT_MILLIS);
    connection.setReadTimeout(TIMEOUT_MILLIS);
    connection.setRequestProperty("Connection", "close");
    try {
      int status = connection.getResponseCode();
      if (status != 200) {
        throw new IOException(uri + " answered " + status);
      }
      return new String(connection.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } finally {
      connection.disconnect();
    }
  }
}
