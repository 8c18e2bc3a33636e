package dev.bumpless.agent.http;

/**
 * Where a container is asked.
 *
 * @param host an IPv4 address
 * @param path as it is sent, from the first slash
 */
public record Url(String host, int port, String path) {
  @Override
  public String toString() {
    return "http://" + host + ":" + port + path;
  }
}
