package dev.bumpless.controller.store;

import dev.bumpless.protocol.MalformedMessageException;
import dev.bumpless.protocol.MessageCodec;
import java.nio.charset.StandardCharsets;

/** Records as the text that crosses the wire, so that there is one format and not two. */
public final class RecordText {
  private final MessageCodec codec;

  public RecordText(MessageCodec codec) {
    this.codec = codec;
  }

  String write(Record value) {
    return new String(codec.encode(value), StandardCharsets.UTF_8);
  }

  /** Throws IllegalStateException where the store holds something that was not written here. */
  <T extends Record> T read(String text, Class<T> type) {
    try {
      return codec.decode(text.getBytes(StandardCharsets.UTF_8), type);
    } catch (MalformedMessageException e) {
      throw new IllegalStateException("the store holds a row that cannot be read", e);
    }
  }
}
