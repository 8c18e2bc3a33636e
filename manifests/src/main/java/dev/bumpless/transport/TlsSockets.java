package dev.bumpless.transport;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * The TLS sockets of one Paho client, TLS 1.2 and 1.3 only, kept here so that {@link #close} can
 * always close them within a few seconds. Paho by itself shuts a socket's input first, which the
 * JDK's TLS sockets refuse, and then forgets to close it; and without SO_LINGER the JDK's close
 * waits for a writer that a stalled peer may hold for a quarter of an hour.
 */
final class TlsSockets extends SSLSocketFactory implements AutoCloseable {
  private static final Logger LOG = System.getLogger(TlsSockets.class.getName());
  private static final int LINGER_SECONDS = 1;

  private final SSLSocketFactory plain;
  private final List<Socket> made = new CopyOnWriteArrayList<>();

  TlsSockets(SSLSocketFactory plain) {
    this.plain = plain;
  }

  /** Any thread; whoever reads or writes gets an exception. */
  @Override
  public void close() {
    for (Socket socket : made) {
      try {
        socket.close();
      } catch (IOException e) {
        LOG.log(Level.DEBUG, "a socket did not close in good order: {0}", e.getMessage());
      }
    }
  }

  @Override
  public Socket createSocket() throws IOException {
    return kept(plain.createSocket());
  }

  @Override
  public Socket createSocket(Socket below, String host, int port, boolean autoClose)
      throws IOException {
    return kept(plain.createSocket(below, host, port, autoClose));
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return kept(plain.createSocket(host, port));
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress local, int localPort)
      throws IOException {
    return kept(plain.createSocket(host, port, local, localPort));
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return kept(plain.createSocket(host, port));
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort)
      throws IOException {
    return kept(plain.createSocket(host, port, local, localPort));
  }

  @Override
  public String[] getDefaultCipherSuites() {
    return plain.getDefaultCipherSuites();
  }

  @Override
  public String[] getSupportedCipherSuites() {
    return plain.getSupportedCipherSuites();
  }

  private Socket kept(Socket socket) throws IOException {
    socket.setTcpNoDelay(true); // a message waits for no acknowledgement of the one before
    socket.setSoLinger(true, LINGER_SECONDS);
    if (socket instanceof SSLSocket tls) {
      tls.setEnabledProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
    }
    made.add(socket);
    return socket;
  }
}
