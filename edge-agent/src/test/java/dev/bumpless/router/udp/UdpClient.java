package dev.bumpless.router.udp;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;

/** A client of a route on loopback. */
final class UdpClient implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 5_000;
  private static final int SOON_MILLIS = 200;

  private final DatagramSocket socket;

  private UdpClient(DatagramSocket socket) {
    this.socket = socket;
  }

  static UdpClient to(int port) {
    try {
      InetAddress here = InetAddress.getLoopbackAddress();
      DatagramSocket socket = new DatagramSocket(new InetSocketAddress(here, 0));
      socket.connect(here, port);
      return new UdpClient(socket);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A port that nobody has, for UDP or TCP. */
  static int freePort() {
    try (DatagramSocket socket = new DatagramSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String ask(String text) throws IOException {
    return new String(ask(text.getBytes(UTF_8)), UTF_8);
  }

  byte[] ask(byte[] bytes) throws IOException {
    send(bytes);
    return receive(PATIENCE_MILLIS);
  }

  void send(String text) {
    try {
      send(text.getBytes(UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void send(byte[] bytes) throws IOException {
    socket.send(new DatagramPacket(bytes, bytes.length));
  }

  String receive() throws IOException {
    return new String(receive(PATIENCE_MILLIS), UTF_8);
  }

  String receiveSoon() throws IOException {
    return new String(receive(SOON_MILLIS), UTF_8);
  }

  private byte[] receive(int millis) throws IOException {
    socket.setSoTimeout(millis);
    byte[] buffer = new byte[65_535];
    DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
    socket.receive(packet);
    return Arrays.copyOf(buffer, packet.getLength());
  }

  @Override
  public void close() {
    socket.close();
  }
}
