package dev.bumpless.router;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A server behind the router whose every connection runs a script of the test. */
public final class Instance implements AutoCloseable {
  /** What it does with a connection, on a thread of its own; what it throws ends the connection. */
  public interface Script {
    void run(Peer client) throws Exception;
  }

  private final ServerSocket server;
  private final Script script;
  private final Thread acceptor = new Thread(this::accept, "instance");
  private final Set<Peer> clients = ConcurrentHashMap.newKeySet();
  private final AtomicInteger connections = new AtomicInteger();

  private Instance(ServerSocket server, Script script) {
    this.server = server;
    this.script = script;
  }

  public static Instance running(Script script) {
    return running(script, 0);
  }

  /** Small receive buffers make a slow reader felt soon. */
  public static Instance running(Script script, int receiveBuffer) {
    return running(
        script, receiveBuffer, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  /** At an address that was free a moment ago. */
  public static Instance running(Script script, String address) {
    int port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    return running(script, 0, new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
  }

  private static Instance running(Script script, int receiveBuffer, InetSocketAddress address) {
    try {
      ServerSocket server = new ServerSocket();
      if (receiveBuffer > 0) {
        server.setReceiveBufferSize(receiveBuffer);
      }
      server.bind(address, 200);
      Instance instance = new Instance(server, script);
      instance.acceptor.setDaemon(true);
      instance.acceptor.start();
      return instance;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Answers every request with its name and what it was asked, until the client ends. */
  public static Instance echoing(String name) {
    return running(
        client -> {
          while (true) {
            Peer.Message request = client.readMessage();
            String body = name + " " + request.start() + " " + request.body();
            client.send(
                "HTTP/1.1 200 OK\r\nX-Instance: "
                    + name
                    + "\r\nContent-Length: "
                    + body.length()
                    + "\r\n\r\n"
                    + body);
          }
        });
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Peer client = new Peer(server.accept());
        connections.incrementAndGet();
        clients.add(client);
        serve(client);
      } catch (IOException | UncheckedIOException e) {
        // The server was closed and the loop ends, or the client was gone at once.
      }
    }
  }

  private void serve(Peer client) {
    Thread thread = new Thread(() -> run(client), "instance");
    thread.setDaemon(true);
    thread.start();
  }

  private void run(Peer client) {
    try (client) {
      client.socket().setSoTimeout(60_000);
      script.run(client);
    } catch (Exception e) {
      // The client ended, as the script expects sooner or later.
    } finally {
      clients.remove(client);
    }
  }

  public String address() {
    return "127.0.0.1:" + server.getLocalPort();
  }

  /** How many were opened so far. */
  public int connections() {
    return connections.get();
  }

  /** Stops as a killed process does: what the kernel had accepted for it is reset, too. */
  @Override
  public void close() {
    try {
      server.close();
      acceptor.join();
      clients.forEach(Peer::reset);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
