package dev.bumpless.bench;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;

/** A master's connection: one request at a time. An exception is a failure. */
final class ModbusLink implements AutoCloseable {
  static final int READ_COILS = 0x01;
  static final int READ_HOLDING = 0x03;
  static final int WRITE_COIL = 0x05;
  static final int WRITE_HOLDING = 0x06;
  static final int WRITE_COILS = 0x0F;
  static final int WRITE_HOLDINGS = 0x10;

  private final Socket socket;
  private final DataInputStream input;
  private int id;

  ModbusLink(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(10_000);
    input = new DataInputStream(socket.getInputStream());
  }

  /** Reads so many values as the bytes that carry them. */
  byte[] read(int function, int first, int count) throws IOException {
    byte[] answer =
        ask(pdu(5).put((byte) function).putShort((short) first).putShort((short) count));
    byte[] values = new byte[answer.length - 2];
    System.arraycopy(answer, 2, values, 0, values.length);
    return values;
  }

  /** Writes so many values, given as the bytes that carry them. */
  void write(int function, int first, int count, byte[] values) throws IOException {
    ask(
        pdu(6 + values.length)
            .put((byte) function)
            .putShort((short) first)
            .putShort((short) count)
            .put((byte) values.length)
            .put(values));
  }

  void write(int function, int address, int value) throws IOException {
    ask(pdu(5).put((byte) function).putShort((short) address).putShort((short) value));
  }

  private static ByteBuffer pdu(int length) {
    return ByteBuffer.allocate(length);
  }

  private byte[] ask(ByteBuffer pdu) throws IOException {
    id = (id + 1) & 0xFFFF;
    ByteBuffer frame = ByteBuffer.allocate(7 + pdu.capacity());
    frame.putShort((short) id).putShort((short) 0).putShort((short) (pdu.capacity() + 1));
    frame.put((byte) 1).put(pdu.flip());
    socket.getOutputStream().write(frame.array());
    int answered = input.readUnsignedShort();
    input.readUnsignedShort();
    byte[] answer = new byte[input.readUnsignedShort() - 1];
    input.readUnsignedByte();
    input.readFully(answer);
    if (answered != id || answer[0] != pdu.get(0)) {
      throw new IOException(
          "function %d was answered %d, code %d".formatted(pdu.get(0), answer[0], answer[1]));
    }
    return answer;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
