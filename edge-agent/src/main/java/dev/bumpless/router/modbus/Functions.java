package dev.bumpless.router.modbus;

import io.netty.buffer.ByteBuf;

/** What is known of function codes (Application Protocol Specification V1.1b3, section 6). */
final class Functions {
  private static final int READ_COILS = 0x01;
  private static final int READ_DISCRETE_INPUTS = 0x02;
  private static final int READ_HOLDING_REGISTERS = 0x03;
  private static final int READ_INPUT_REGISTERS = 0x04;
  private static final int REPORT_SERVER_ID = 0x11;
  private static final int READ_FILE_RECORD = 0x14;
  private static final int READ_FIFO_QUEUE = 0x18;
  private static final int ENCAPSULATED_INTERFACE = 0x2B;
  private static final int READ_DEVICE_IDENTIFICATION = 0x0E;

  private Functions() {}

  /** Whether the request changes nothing, whatever it is sent to and however often. */
  static boolean isRead(ByteBuf request) {
    return switch (Mbap.function(request)) {
      case READ_COILS,
          READ_DISCRETE_INPUTS,
          READ_HOLDING_REGISTERS,
          READ_INPUT_REGISTERS,
          REPORT_SERVER_ID,
          READ_FILE_RECORD,
          READ_FIFO_QUEUE ->
          true;
      case ENCAPSULATED_INTERFACE ->
          request.readableBytes() > Mbap.FUNCTION + 1
              && request.getByte(request.readerIndex() + Mbap.FUNCTION + 1)
                  == READ_DEVICE_IDENTIFICATION;
      default -> false;
    };
  }
}
