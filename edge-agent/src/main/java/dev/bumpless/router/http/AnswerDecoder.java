package dev.bumpless.router.http;

import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpResponseDecoder;

/**
 * Netty's decoder for one answer at a time, told what the request was: HEAD has no body. It refuses
 * names and values of headers that no message may have: a bare CR or NUL is read by some as the end
 * of a line (RFC 9110, 5.5).
 */
final class AnswerDecoder extends HttpResponseDecoder {
  private boolean head;

  AnswerDecoder() {
    super(
        new HttpDecoderConfig()
            .setMaxInitialLineLength(8 << 10)
            .setMaxHeaderSize(64 << 10)
            .setMaxChunkSize(64 << 10));
  }

  void expect(boolean answerToHead) {
    head = answerToHead;
  }

  /** Whether all that came has been decoded. */
  boolean isEmpty() {
    return actualReadableBytes() == 0;
  }

  @Override
  protected boolean isContentAlwaysEmpty(HttpMessage message) {
    return head || super.isContentAlwaysEmpty(message);
  }
}
