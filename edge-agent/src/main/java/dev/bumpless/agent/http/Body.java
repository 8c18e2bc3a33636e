package dev.bumpless.agent.http;

import java.io.IOException;
import java.io.InputStream;

/** A body whose failures are told as its exchange knows them. */
final class Body extends InputStream {
  private final Exchange exchange;
  private final InputStream in;

  Body(Exchange exchange, InputStream in) {
    this.exchange = exchange;
    this.in = in;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] bytes, int from, int most) throws IOException {
    try {
      return in.read(bytes, from, most);
    } catch (IOException e) {
      throw exchange.inWords(e);
    }
  }
}
