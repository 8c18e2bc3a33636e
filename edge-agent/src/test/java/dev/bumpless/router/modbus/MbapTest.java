package dev.bumpless.router.modbus;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MbapTest {
  @ParameterizedTest
  @CsvSource({
    "'', 0",
    "ffff, 0",
    "0001 00, 0",
    "0001 01, -1",
    "0001 0000, 0",
    "0001 0001, -1",
    "0001 0000 00, 0",
    "0001 0000 01, -1",
    "0001 0000 0006, 0",
    "0001 0000 0000, -1",
    "0001 0000 0001, -1",
    "0001 0000 00ff, -1",
    "0001 0000 00fe, 0",
    "0001 0000 0002 01, 0",
    "0001 0000 0002 01 07, 8",
    "0001 0000 0002 01 07 ff ff ff, 8",
    "0001 0000 0006 01 03 0000 0001, 12",
    "0001 0000 0006 01 03 0000 00, 0",
  })
  void frames_are_told_from_what_is_none_as_soon_as_can_be(String hex, int expected) {
    byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
    assertThat(Mbap.frame(Unpooled.wrappedBuffer(bytes))).isEqualTo(expected);
    ByteBuf later = Unpooled.buffer().writeInt(-1).writeBytes(bytes).skipBytes(4);
    assertThat(Mbap.frame(later)).as("not at the start of the buffer").isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "0001 0000 0006 01 01 0000 0001, true",
    "0001 0000 0006 01 04 0000 0001, true",
    "0001 0000 0006 01 05 0000 ff00, false",
    "0001 0000 0002 01 11, true",
    "0001 0000 0005 01 2b 0e 01 00, true",
    "0001 0000 0004 01 2b 0d 00, false",
    "0001 0000 0002 01 2b, false",
    "0001 0000 0002 01 07, false",
    "0001 0000 0002 01 64, false",
    "0001 0000 000b 01 17 0000 0001 0000 0001 00, false",
  })
  void a_read_is_what_surely_changes_nothing(String hex, boolean expected) {
    byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
    assertThat(Functions.isRead(Unpooled.wrappedBuffer(bytes))).isEqualTo(expected);
  }
}
