package dev.bumpless.router.modbus;

import io.netty.buffer.ByteBuf;

/**
 * The frame of Modbus TCP (Messaging on TCP/IP Implementation Guide V1.0b, 3.1.3): transaction id,
 * protocol id 0, the length of what follows, unit id; then the function code and its data.
 */
final class Mbap {
  /** Of a whole frame: 7 bytes of header, and a PDU of 253 at most. */
  static final int LONGEST = 260;

  /** Answers of {@link #frame} where there is no whole frame. */
  static final int INCOMPLETE = 0;

  static final int NOT_MODBUS = -1;

  static final int UNIT = 6;
  static final int FUNCTION = 7;
  private static final int PROTOCOL = 2;
  private static final int LENGTH = 4;
  private static final int EXCEPTION = 0x80;

  private Mbap() {}

  /**
   * The length in bytes of the frame that begins at the reader index, {@link #INCOMPLETE} while
   * more has to come, or {@link #NOT_MODBUS} as soon as that is certain: another protocol id, or a
   * length outside 2 to 254.
   */
  static int frame(ByteBuf bytes) {
    int readable = bytes.readableBytes();
    if (!isZero(bytes, PROTOCOL) || !isZero(bytes, PROTOCOL + 1) || !isZero(bytes, LENGTH)) {
      return NOT_MODBUS;
    }
    if (readable < UNIT) {
      return INCOMPLETE;
    }
    int follows = bytes.getUnsignedByte(bytes.readerIndex() + LENGTH + 1);
    if (follows < 2 || follows > LONGEST - UNIT) {
      return NOT_MODBUS;
    }
    return readable < UNIT + follows ? INCOMPLETE : UNIT + follows;
  }

  /** What has not come yet may be zero. */
  private static boolean isZero(ByteBuf bytes, int offset) {
    return bytes.readableBytes() <= offset || bytes.getByte(bytes.readerIndex() + offset) == 0;
  }

  static int id(ByteBuf frame) {
    return frame.getUnsignedShort(frame.readerIndex());
  }

  static void setId(ByteBuf frame, int id) {
    frame.setShort(frame.readerIndex(), id);
  }

  static int unit(ByteBuf frame) {
    return frame.getUnsignedByte(frame.readerIndex() + UNIT);
  }

  static int function(ByteBuf frame) {
    return frame.getUnsignedByte(frame.readerIndex() + FUNCTION);
  }

  static boolean isException(ByteBuf answer) {
    return (function(answer) & EXCEPTION) != 0;
  }

  /** Writes an exception response to the request, which the master knows by another id. */
  static void writeException(ByteBuf to, int id, ByteBuf request, Refused why) {
    to.writeShort(id).writeShort(0).writeShort(3);
    to.writeByte(unit(request)).writeByte(function(request) | EXCEPTION).writeByte(why.code());
  }
}
