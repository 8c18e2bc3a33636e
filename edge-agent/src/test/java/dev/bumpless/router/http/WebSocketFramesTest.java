package dev.bumpless.router.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WebSocketFramesTest {
  private static ByteBuf frame(int length, boolean masked) {
    ByteBuf frame = Unpooled.buffer();
    frame.writeByte(0x82);
    int mask = masked ? 0x80 : 0;
    if (length < 126) {
      frame.writeByte(mask | length);
    } else if (length < 65_536) {
      frame.writeByte(mask | 126).writeShort(length);
    } else {
      frame.writeByte(mask | 127).writeLong(length);
    }
    return frame.writeZero(masked ? 4 : 0).writeBytes(new byte[length]);
  }

  @Test
  void every_cut_of_a_stream_finds_the_same_boundaries() {
    List<Integer> ends = new ArrayList<>();
    ByteBuf stream = Unpooled.buffer();
    for (int length : new int[] {0, 1, 125, 126, 127, 1_000, 65_535, 65_536, 70_000, 0, 0}) {
      stream.writeBytes(frame(length, false));
      ends.add(stream.writerIndex());
      stream.writeBytes(frame(length, true));
      ends.add(stream.writerIndex());
    }
    Random random = new Random(7);
    for (int run = 0; run < 50; run++) {
      WebSocketFrames frames = new WebSocketFrames();
      List<Integer> found = new ArrayList<>();
      int at = 0;
      while (at < stream.writerIndex()) {
        int length = Math.min(1 + random.nextInt(5_000), stream.writerIndex() - at);
        ByteBuf piece = stream.slice(at, length);
        int followed = frames.follow(piece, true);
        at += followed;
        if (frames.isAtBoundary()) {
          found.add(at);
        }
      }
      assertThat(found).isEqualTo(ends);
    }
  }

  @Test
  void the_middle_of_a_head_is_no_boundary() {
    WebSocketFrames frames = new WebSocketFrames();
    assertThat(frames.isAtBoundary()).isTrue();
    ByteBuf frame = frame(300, true);
    for (int i = 0; i < frame.readableBytes(); i++) {
      if (i > 0) {
        assertThat(frames.isAtBoundary()).as("after %d bytes", i).isFalse();
      }
      frames.follow(frame.slice(i, 1), false);
    }
    assertThat(frames.isAtBoundary()).isTrue();
  }
}
