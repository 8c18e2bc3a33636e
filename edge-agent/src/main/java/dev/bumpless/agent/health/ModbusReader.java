package dev.bumpless.agent.health;

import dev.bumpless.manifest.RegisterRange;
import dev.bumpless.manifest.RegisterRange.Table;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;

/**
 * Reads values of a Modbus TCP server, on one connection, one request at a time (Modbus Application
 * Protocol V1.1b3, functions 01 to 04). One thread.
 */
final class ModbusReader implements AutoCloseable {
  private static final int MOST_REGISTERS = 125;
  private static final int MOST_BITS = 2000;
  private static final int HEADER_BYTES = 7;
  private static final int MOST_PDU_BYTES = 253;
  private static final int EXCEPTION = 0x80;

  private final InetSocketAddress server;
  private final Duration timeout;
  private final Socket socket = new Socket();
  private short transaction;

  /**
   * Values, or the exception that the server answered.
   *
   * @param exception 0 where there is none
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Read(int[] values, int exception) {
    boolean isRefused() {
      return exception != 0;
    }

    boolean isLike(Read other) {
      return exception == other.exception && Arrays.equals(values, other.values);
    }

    /** For a person. */
    String at(int place) {
      return isRefused() ? "exception %02d".formatted(exception) : String.valueOf(values[place]);
    }
  }

  private ModbusReader(InetSocketAddress server, Duration timeout) {
    this.server = server;
    this.timeout = timeout;
  }

  /**
   * @param timeout of connecting, and of each read
   */
  static ModbusReader open(String address, int port, Duration timeout) throws IOException {
    ModbusReader reader = new ModbusReader(new InetSocketAddress(address, port), timeout);
    try {
      reader.socket.connect(reader.server, Deadline.after(timeout).remainingMillis());
      reader.socket.setTcpNoDelay(true);
      return reader;
    } catch (IOException e) {
      reader.close();
      throw e;
    }
  }

  /** How many values one request can read. */
  static int most(Table table) {
    return isBits(table) ? MOST_BITS : MOST_REGISTERS;
  }

  /**
   * @param range no longer than {@link #most}
   * @throws IOException where no answer came in time, or one that is none; then nothing more can be
   *     asked on this connection
   */
  Read read(int unit, RegisterRange range) throws IOException {
    Deadline deadline = Deadline.after(timeout);
    transaction++;
    socket.getOutputStream().write(request(unit, range));
    byte[] header = bytes(HEADER_BYTES, deadline);
    ByteBuffer mbap = ByteBuffer.wrap(header);
    int length = mbap.getShort(4) & 0xFFFF;
    if (mbap.getShort(0) != transaction || mbap.getShort(2) != 0 || header[6] != (byte) unit) {
      throw new ProtocolException("the answer is to another question");
    }
    if (length < 3 || length > MOST_PDU_BYTES + 1) {
      throw new ProtocolException("the answer says that it has %d bytes".formatted(length));
    }
    return parse(range, bytes(length - 1, deadline));
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  private byte[] request(int unit, RegisterRange range) {
    return ByteBuffer.allocate(HEADER_BYTES + 5)
        .putShort(transaction)
        .putShort((short) 0)
        .putShort((short) 6)
        .put((byte) unit)
        .put(function(range.table()))
        .putShort((short) range.first())
        .putShort((short) range.count())
        .array();
  }

  private static Read parse(RegisterRange range, byte[] pdu) throws ProtocolException {
    int function = pdu[0] & 0xFF;
    if (function == (function(range.table()) | EXCEPTION)) {
      return new Read(new int[0], pdu[1] & 0xFF);
    }
    boolean bits = isBits(range.table());
    int wanted = bits ? (range.count() + 7) / 8 : 2 * range.count();
    if (function != function(range.table())
        || (pdu[1] & 0xFF) != wanted
        || pdu.length != wanted + 2) {
      throw new ProtocolException("%s was asked, and what came is not that".formatted(range));
    }
    int[] values = new int[range.count()];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          bits
              ? pdu[2 + i / 8] >> (i % 8) & 1
              : (pdu[2 + 2 * i] & 0xFF) << 8 | (pdu[3 + 2 * i] & 0xFF);
    }
    return new Read(values, 0);
  }

  private byte[] bytes(int count, Deadline deadline) throws IOException {
    byte[] bytes = new byte[count];
    InputStream in = socket.getInputStream();
    for (int have = 0; have < count; ) {
      socket.setSoTimeout(deadline.remainingMillis());
      int read = in.read(bytes, have, count - have);
      if (read < 0) {
        throw new EOFException("closed after %d of %d bytes".formatted(have, count));
      }
      have += read;
    }
    return bytes;
  }

  private static boolean isBits(Table table) {
    return switch (table) {
      case COILS, DISCRETE -> true;
      case HOLDING, INPUT -> false;
    };
  }

  private static byte function(Table table) {
    return switch (table) {
      case COILS -> 1;
      case DISCRETE -> 2;
      case HOLDING -> 3;
      case INPUT -> 4;
    };
  }
}
