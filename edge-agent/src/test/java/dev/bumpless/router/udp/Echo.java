package dev.bumpless.router.udp;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A server that says its name, a blank, and what it got. */
final class Echo implements AutoCloseable {
  private final String name;
  private final DatagramSocket socket;
  private final List<String> seen = new CopyOnWriteArrayList<>();
  private final List<DatagramPacket> kept = new ArrayList<>();
  private boolean keepsBack;

  private Echo(String name, DatagramSocket socket) {
    this.name = name;
    this.socket = socket;
  }

  static Echo named(String name) {
    try {
      DatagramSocket socket =
          new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      Echo echo = new Echo(name, socket);
      Thread thread = new Thread(echo::serve, "echo " + name);
      thread.setDaemon(true);
      thread.start();
      return echo;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static byte[] answer(String name, byte[] asked) {
    byte[] start = (name + " ").getBytes(UTF_8);
    byte[] answer = new byte[start.length + asked.length];
    System.arraycopy(start, 0, answer, 0, start.length);
    System.arraycopy(asked, 0, answer, start.length, asked.length);
    return answer;
  }

  private void serve() {
    byte[] buffer = new byte[65_535];
    while (!socket.isClosed()) {
      DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
      try {
        socket.receive(packet);
        byte[] asked = java.util.Arrays.copyOf(buffer, packet.getLength());
        seen.add(new String(asked, UTF_8));
        byte[] answer = answer(name, asked);
        reply(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
      } catch (IOException e) {
        // Closed, or an answer that nobody took.
      }
    }
  }

  private synchronized void reply(DatagramPacket answer) throws IOException {
    if (keepsBack) {
      kept.add(answer);
    } else {
      socket.send(answer);
    }
  }

  /** From now on answers wait. */
  synchronized void keepBack() {
    keepsBack = true;
  }

  synchronized void letGo() throws IOException {
    keepsBack = false;
    for (DatagramPacket answer : kept) {
      socket.send(answer);
    }
    kept.clear();
  }

  List<String> seen() {
    return seen;
  }

  int port() {
    return socket.getLocalPort();
  }

  @Override
  public void close() {
    socket.close();
  }
}
