package dev.bumpless.router.modbus.state;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * What a request may have done to the tables that are copied (Application Protocol Specification
 * V1.1b3, section 6).
 *
 * @param function its code
 * @param unit whom it was for
 * @param written what it wrote, where that is known
 */
record Effect(int function, int unit, Kind kind, @Nullable Chunk written) {
  private static final int UNIT = 6;
  private static final int FUNCTION = 7;
  private static final int DATA = 8;

  enum Kind {
    NONE,
    WRITTEN,
    /** A function that is not understood: perhaps anything. */
    UNKNOWN
  }

  static Effect of(ByteBuf request) {
    int at = request.readerIndex();
    int unit = request.getUnsignedByte(at + UNIT);
    int function = request.getUnsignedByte(at + FUNCTION);
    int length = request.readableBytes() - DATA;
    return switch (function) {
      case 0x05 -> written(request, unit, Table.COILS, length < 4 ? -1 : 0, /* many= */ false);
      case 0x06, 0x16 ->
          written(request, unit, Table.HOLDING, length < 4 ? -1 : 0, /* many= */ false);
      case 0x0F -> written(request, unit, Table.COILS, length < 5 ? -1 : 0, /* many= */ true);
      case 0x10 -> written(request, unit, Table.HOLDING, length < 5 ? -1 : 0, /* many= */ true);
      case 0x17 -> written(request, unit, Table.HOLDING, length < 9 ? -1 : 4, /* many= */ true);
      // Exception status, diagnostics, event counter and log: of the line, not of the tables.
      case 0x07, 0x08, 0x0B, 0x0C -> new Effect(function, unit, Kind.NONE, null);
      default -> new Effect(function, unit, Kind.UNKNOWN, null);
    };
  }

  /**
   * @param offset of the address in the data, or -1 where the request is too short to be one
   */
  private static Effect written(ByteBuf request, int unit, Table table, int offset, boolean many) {
    int at = request.readerIndex();
    int function = request.getUnsignedByte(at + FUNCTION);
    if (offset < 0) {
      return new Effect(function, unit, Kind.UNKNOWN, null);
    }
    int first = request.getUnsignedShort(at + DATA + offset);
    int count = many ? request.getUnsignedShort(at + DATA + offset + 2) : 1;
    // Beyond the table is refused by every server.
    int possible = Math.min(count, Table.SIZE - first);
    return new Effect(
        function, unit, Kind.WRITTEN, new Chunk(new Area(unit, table), first, possible));
  }
}
