package dev.bumpless.agent.health;

import dev.bumpless.agent.swap.HealthProbe.Result;
import dev.bumpless.manifest.HealthCheck;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;

/**
 * Reads one holding register over Modbus TCP (Modbus Messaging on TCP/IP Implementation Guide
 * V1.0b, function 03). An exception answer is a failure: the server is there but does not have what
 * the manifest names.
 */
record ModbusProbe(HealthCheck.Modbus check) implements SocketProbe {
  private static final short TRANSACTION = 0x4255;
  private static final int READ_HOLDING = 3;

  @Override
  public String asked(String address) {
    return "reading holding register %d of unit %d at %s:%d"
        .formatted(check.holding(), check.unit(), address, check.port());
  }

  @Override
  public int port() {
    return check.port();
  }

  @Override
  public Result talk(Socket socket, Deadline deadline) throws IOException {
    String asked = asked(socket.getInetAddress().getHostAddress());
    socket.getOutputStream().write(request(check.unit(), check.holding()));
    socket.setSoTimeout(deadline.remainingMillis());
    DataInputStream in = new DataInputStream(socket.getInputStream());
    short transaction = in.readShort();
    short protocol = in.readShort();
    in.readShort();
    int unit = in.readUnsignedByte();
    int function = in.readUnsignedByte();
    int next = in.readUnsignedByte();
    if (transaction != TRANSACTION || protocol != 0 || unit != (check.unit() & 0xFF)) {
      return new Result(false, asked + ": the answer is to another question");
    }
    return function == READ_HOLDING
        ? new Result(true, asked + " answered")
        : new Result(false, asked + " answered exception " + next);
  }

  static byte[] request(int unit, int holding) {
    return ByteBuffer.allocate(12)
        .putShort(TRANSACTION)
        .putShort((short) 0)
        .putShort((short) 6)
        .put((byte) unit)
        .put((byte) READ_HOLDING)
        .putShort((short) holding)
        .putShort((short) 1)
        .array();
  }
}
