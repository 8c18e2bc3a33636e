package dev.bumpless.ledger.modbus;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * One request for neighbouring cells, and what it means for them.
 *
 * @param function 1 and 3 read, 5, 6, 15 and 16 write
 * @param values empty in a read
 */
record Access(int function, int first, List<Cell> cells, List<Integer> values) {
  static Access read(boolean coils, int first, List<Cell> cells) {
    return new Access(coils ? 1 : 3, first, cells, List.of());
  }

  /** One value by function 5 or 6, more by 15 or 16. */
  static Access write(boolean coils, int first, List<Cell> cells, List<Integer> values) {
    boolean one = values.size() == 1;
    return new Access(coils ? one ? 5 : 15 : one ? 6 : 16, first, cells, values);
  }

  boolean isWrite() {
    return !values.isEmpty();
  }

  byte[] pdu() {
    ByteBuffer pdu = ByteBuffer.allocate(300).put((byte) function).putShort((short) first);
    switch (function) {
      case 1, 3 -> pdu.putShort((short) cells.size());
      case 5 -> pdu.putShort((short) (values.get(0) == 0 ? 0 : 0xFF00));
      case 6 -> pdu.putShort(values.get(0).shortValue());
      case 15 -> {
        pdu.putShort((short) values.size()).put((byte) ((values.size() + 7) / 8));
        pdu.put(packed());
      }
      default -> {
        pdu.putShort((short) values.size()).put((byte) (2 * values.size()));
        values.forEach(value -> pdu.putShort(value.shortValue()));
      }
    }
    byte[] bytes = new byte[pdu.position()];
    pdu.flip().get(bytes);
    return bytes;
  }

  private byte[] packed() {
    byte[] bits = new byte[(values.size() + 7) / 8];
    for (int i = 0; i < values.size(); i++) {
      bits[i / 8] |= (byte) (values.get(i) << (i % 8));
    }
    return bits;
  }

  /** Whether a write's answer repeats what it has to, or a read's has as much as was asked for. */
  boolean isAnsweredBy(byte[] pdu) {
    if (isWrite()) {
      return pdu.length == 5 && java.util.Arrays.equals(pdu, 0, 5, pdu(), 0, 5);
    }
    int bytes = function == 1 ? (cells.size() + 7) / 8 : 2 * cells.size();
    return pdu.length == 2 + bytes && (pdu[1] & 0xFF) == bytes;
  }

  /** Of a read's answer. */
  List<Integer> read(byte[] pdu) {
    List<Integer> read = new ArrayList<>();
    for (int i = 0; i < cells.size(); i++) {
      read.add(
          function == 1
              ? (pdu[2 + i / 8] >> (i % 8)) & 1
              : ((pdu[2 + 2 * i] & 0xFF) << 8) | (pdu[3 + 2 * i] & 0xFF));
    }
    return read;
  }
}
