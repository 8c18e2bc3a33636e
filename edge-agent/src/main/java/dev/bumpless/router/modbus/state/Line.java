package dev.bumpless.router.modbus.state;

import dev.bumpless.router.table.Backend;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A connection of the router's own to an instance, with one request under way at a time. Dialled
 * when it is needed; ended by whatever goes wrong, so that no late answer is taken for another's.
 * One thread at a time.
 */
final class Line implements AutoCloseable {
  /** Longest answer, in bytes of its PDU. */
  private static final int LONGEST = 253;

  private static final int HEAD = 7;

  private final Backend backend;
  private final InetSocketAddress address;
  private @Nullable Socket socket;
  private boolean used;
  private boolean mayEnd = true;
  private boolean renewed;
  private int id;
  private byte[] asked = {};
  private long deadlineNanos;
  private long allowedNanos;

  Line(Backend backend, InetSocketAddress address) {
    this.backend = backend;
    this.address = address;
  }

  Backend backend() {
    return backend;
  }

  InetSocketAddress address() {
    return address;
  }

  /** Whether the connection's end is no fault, though who is dialled anew may have begun anew. */
  void mayEnd(boolean may) {
    mayEnd = may;
  }

  /** Whether a connection that had been used was replaced since this was asked last. */
  boolean takeRenewed() {
    boolean was = renewed;
    renewed = false;
    return was;
  }

  /**
   * Sends a request; {@link #answer} has to be called for it.
   *
   * @param pdu function code and data
   * @param allowed for dialling, sending and the whole answer
   */
  void ask(int unit, byte[] pdu, Duration allowed) throws Fault {
    allowedNanos = allowed.toNanos();
    deadlineNanos = System.nanoTime() + allowedNanos;
    id = (id + 1) & 0xFFFF;
    asked = frame(unit, pdu);
    try {
      send();
    } catch (IOException e) {
      again(e);
    }
  }

  private byte[] frame(int unit, byte[] pdu) {
    byte[] frame = new byte[HEAD + pdu.length];
    frame[0] = (byte) (id >> 8);
    frame[1] = (byte) id;
    frame[4] = (byte) ((pdu.length + 1) >> 8);
    frame[5] = (byte) (pdu.length + 1);
    frame[6] = (byte) unit;
    System.arraycopy(pdu, 0, frame, HEAD, pdu.length);
    return frame;
  }

  private void send() throws IOException {
    Socket open = socket;
    if (open == null) {
      used = false;
      open = new Socket();
      socket = open;
      open.setTcpNoDelay(true);
      open.connect(address, millisLeft());
    }
    open.getOutputStream().write(asked);
  }

  /** The PDU that answers the request; its first byte is the function that was asked. */
  byte[] answer() throws Fault {
    try {
      return receive();
    } catch (SocketTimeoutException e) {
      throw silent();
    } catch (IOException e) {
      again(e);
      try {
        return receive();
      } catch (SocketTimeoutException late) {
        throw silent();
      } catch (IOException twice) {
        throw broken(twice);
      }
    }
  }

  /**
   * After an idle time the other side may have ended the connection, which is no fault; but it may
   * also have died and started again. What is sent again is harmless to do twice: it reads, or it
   * writes values that stay what they are.
   */
  private void again(IOException why) throws Fault {
    boolean wasUsed = used;
    close();
    if (!wasUsed || why instanceof SocketTimeoutException) {
      throw broken(why);
    }
    if (!mayEnd) {
      throw fault("ended its connection, and may have lost what it had: " + why.getMessage());
    }
    renewed = true;
    try {
      send();
    } catch (IOException e) {
      throw broken(e);
    }
  }

  private byte[] receive() throws IOException, Fault {
    Socket open = socket;
    if (open == null) {
      throw new EOFException("the connection is gone");
    }
    byte[] head = read(open, HEAD);
    int length = word(head, 4) - 1;
    if (word(head, 2) != 0 || length < 1 || length > LONGEST) {
      throw fault("talks no Modbus");
    }
    byte[] pdu = read(open, length);
    if (word(head, 0) != id) {
      throw fault("answered transaction " + id + " under the id " + word(head, 0));
    }
    if (head[6] != asked[6]) {
      throw fault(
          "answered for unit " + (head[6] & 0xFF) + " what unit " + asked[6] + " was asked");
    }
    used = true;
    int function = asked[HEAD] & 0xFF;
    if ((pdu[0] & 0xFF) == (function | 0x80) && pdu.length > 1) {
      throw new Fault(name() + " answered exception " + pad(pdu[1]), pdu[1] & 0xFF);
    }
    if ((pdu[0] & 0xFF) != function) {
      throw fault("answered function " + (pdu[0] & 0xFF) + " where " + function + " was asked");
    }
    return pdu;
  }

  private byte[] read(Socket open, int count) throws IOException {
    byte[] bytes = new byte[count];
    InputStream input = open.getInputStream();
    for (int done = 0; done < count; ) {
      open.setSoTimeout(millisLeft());
      int read = input.read(bytes, done, count - done);
      if (read < 0) {
        throw new EOFException(
            done == 0 && count == HEAD ? "it ended the connection" : "it ended within an answer");
      }
      done += read;
    }
    return bytes;
  }

  /** Zero would stand for ever. */
  private int millisLeft() throws SocketTimeoutException {
    long left = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
    if (left <= 0) {
      throw new SocketTimeoutException("no time is left");
    }
    return (int) left;
  }

  private Fault silent() {
    return fault(
        "did not answer within "
            + Math.max(1, TimeUnit.NANOSECONDS.toMillis(allowedNanos))
            + " ms, or not whole");
  }

  private Fault broken(IOException why) {
    return why instanceof SocketTimeoutException ? silent() : fault("failed: " + why.getMessage());
  }

  /** Ends the connection, too. */
  Fault fault(String what) {
    close();
    return new Fault(name() + " " + what);
  }

  private String name() {
    return backend.instance().toString();
  }

  static int word(byte[] bytes, int at) {
    return ((bytes[at] & 0xFF) << 8) | (bytes[at + 1] & 0xFF);
  }

  private static String pad(byte code) {
    return "%02d".formatted(code & 0xFF);
  }

  @Override
  public void close() {
    Socket open = socket;
    socket = null;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        // Nothing more is wanted of it.
      }
    }
  }
}
