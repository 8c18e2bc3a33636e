package dev.bumpless.agent.health;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A Modbus server's memory, as a script of {@link ScriptedServer}: every value is 0 until set, and
 * is there until it is told to be a hole. Functions 1 to 4.
 */
final class ModbusAnswers implements ScriptedServer.Script {
  private final Map<String, Integer> values = new HashMap<>();
  private final Set<String> holes = new HashSet<>();
  private final Set<String> counters = new HashSet<>();
  private final List<String> asked = new ArrayList<>();
  private int lie;

  synchronized ModbusAnswers set(String table, int address, int value) {
    values.put(table + address, value);
    return this;
  }

  synchronized ModbusAnswers hole(String table, int address) {
    holes.add(table + address);
    return this;
  }

  /** Changes whenever it is read. */
  synchronized ModbusAnswers counter(String table, int address) {
    counters.add(table + address);
    return this;
  }

  /** From then on transaction ids are wrong. */
  synchronized ModbusAnswers lying() {
    lie = 1;
    return this;
  }

  /** {@code unit 1 holding 0+125}, in order. */
  synchronized List<String> asked() {
    return List.copyOf(asked);
  }

  @Override
  public void serve(Socket client) throws IOException {
    DataInputStream in = new DataInputStream(client.getInputStream());
    OutputStream out = client.getOutputStream();
    byte[] request = new byte[12];
    while (true) {
      in.readFully(request);
      out.write(answer(ByteBuffer.wrap(request)));
    }
  }

  private synchronized byte[] answer(ByteBuffer request) {
    int function = request.get(7);
    String table = List.of("coils", "discrete", "holding", "input").get(function - 1);
    int first = request.getShort(8) & 0xFFFF;
    int count = request.getShort(10) & 0xFFFF;
    asked.add("unit %d %s %d+%d".formatted(request.get(6), table, first, count));
    byte[] pdu = pdu(function, table, first, count);
    return ByteBuffer.allocate(7 + pdu.length)
        .putShort((short) (request.getShort(0) + lie))
        .putShort((short) 0)
        .putShort((short) (pdu.length + 1))
        .put(request.get(6))
        .put(pdu)
        .array();
  }

  private byte[] pdu(int function, String table, int first, int count) {
    boolean bits = function <= 2;
    int bytes = bits ? (count + 7) / 8 : 2 * count;
    ByteBuffer pdu = ByteBuffer.allocate(2 + bytes);
    pdu.put((byte) function).put((byte) bytes);
    for (int i = 0; i < count; i++) {
      String place = table + (first + i);
      if (holes.contains(place)) {
        return new byte[] {(byte) (function | 0x80), 2};
      }
      int value = values.getOrDefault(place, 0);
      if (counters.contains(place)) {
        values.put(place, value + 1);
      }
      if (bits) {
        pdu.put(2 + i / 8, (byte) (pdu.get(2 + i / 8) | value << (i % 8)));
      } else {
        pdu.putShort(2 + 2 * i, (short) value);
      }
    }
    return pdu.array();
  }
}
