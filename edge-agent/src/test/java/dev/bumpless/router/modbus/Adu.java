package dev.bumpless.router.modbus;

import dev.bumpless.router.Peer;
import java.util.HexFormat;

/** A frame of Modbus TCP as a test writes and reads it. */
final class Adu {
  private final int id;
  private final int unit;
  private final byte[] pdu;

  /**
   * @param pdu function code and data
   */
  private Adu(int id, int unit, byte[] pdu) {
    this.id = id;
    this.unit = unit;
    this.pdu = pdu;
  }

  static Adu read(int id, int unit, int address, int count) {
    return of(id, unit, 3, address >> 8, address, count >> 8, count);
  }

  static Adu write(int id, int unit, int address, int value) {
    return of(id, unit, 6, address >> 8, address, value >> 8, value);
  }

  static Adu of(int id, int unit, int... pdu) {
    byte[] bytes = new byte[pdu.length];
    for (int i = 0; i < pdu.length; i++) {
      bytes[i] = (byte) pdu[i];
    }
    return new Adu(id, unit, bytes);
  }

  /** Reads exactly one, and that it is one. */
  static Adu from(Peer peer) {
    byte[] head = peer.read(7);
    int length = word(head, 4);
    if (word(head, 2) != 0 || length < 2 || length > 254) {
      throw new IllegalStateException("no Modbus: " + HexFormat.of().formatHex(head));
    }
    return new Adu(word(head, 0), head[6] & 0xff, peer.read(length - 1));
  }

  byte[] bytes() {
    byte[] bytes = new byte[7 + pdu.length];
    int length = pdu.length + 1;
    byte[] head = {(byte) (id >> 8), (byte) id, 0, 0, (byte) (length >> 8), (byte) length};
    System.arraycopy(head, 0, bytes, 0, 6);
    bytes[6] = (byte) unit;
    System.arraycopy(pdu, 0, bytes, 7, pdu.length);
    return bytes;
  }

  Adu reply(int... answer) {
    return of(id, unit, answer);
  }

  int id() {
    return id;
  }

  int unit() {
    return unit;
  }

  int function() {
    return pdu[0] & 0xff;
  }

  int address() {
    return word(pdu, 1);
  }

  /** The value of a write of one register, the count of a read. */
  int value() {
    return word(pdu, 3);
  }

  /** The first register of a read's answer. */
  int register() {
    if (function() != 3) {
      throw new AssertionError("no registers: " + this);
    }
    return word(pdu, 2);
  }

  /** Its code, or 0 where it is none. */
  int exception() {
    return pdu.length == 2 && function() >= 0x80 ? pdu[1] : 0;
  }

  private static int word(byte[] bytes, int at) {
    return ((bytes[at] & 0xff) << 8) | (bytes[at + 1] & 0xff);
  }

  @Override
  public String toString() {
    return "id " + id + " unit " + unit + " pdu " + HexFormat.of().formatHex(pdu);
  }
}
