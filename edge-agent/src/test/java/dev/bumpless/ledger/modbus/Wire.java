package dev.bumpless.ledger.modbus;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;

/** A connection that speaks MBAP (Modbus Messaging on TCP/IP 1.0b). One thread. */
final class Wire implements AutoCloseable {
  private static final int HEAD = 7;

  private final Socket socket = new Socket();
  private final DataInputStream input;
  private final int unit;
  private int id;

  /** A whole answer; {@code pdu} is function code and data. */
  @SuppressWarnings("ArrayRecordComponent")
  record Answer(int id, int protocol, int unit, byte[] pdu) {}

  Wire(InetSocketAddress target, int unit, Duration answer) throws IOException {
    this.unit = unit;
    socket.setTcpNoDelay(true);
    socket.connect(target, (int) answer.toMillis());
    socket.setSoTimeout((int) answer.toMillis());
    input = new DataInputStream(socket.getInputStream());
  }

  /** Returns the transaction's id. */
  int send(byte[] pdu) throws IOException {
    id = (id + 1) & 0xFFFF;
    ByteBuffer frame = ByteBuffer.allocate(HEAD + pdu.length);
    frame.putShort((short) id).putShort((short) 0).putShort((short) (pdu.length + 1));
    frame.put((byte) unit).put(pdu);
    socket.getOutputStream().write(frame.array());
    return id;
  }

  Answer receive() throws IOException {
    int answered = input.readUnsignedShort();
    int protocol = input.readUnsignedShort();
    int length = input.readUnsignedShort();
    int from = input.readUnsignedByte();
    if (length < 2 || length > 254) {
      throw new EOFException("an answer of " + length + " bytes");
    }
    byte[] pdu = new byte[length - 1];
    input.readFully(pdu);
    return new Answer(answered, protocol, from, pdu);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
