package dev.bumpless.router.http;

import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseEncoder;

/** Netty's encoder, told what the request was: an answer to HEAD keeps its lengths, has no body. */
final class AnswerEncoder extends HttpResponseEncoder {
  private boolean head;

  void expect(boolean answerToHead) {
    head = answerToHead;
  }

  @Override
  protected boolean isContentAlwaysEmpty(HttpResponse answer) {
    return head || answer.status().code() == 101 || super.isContentAlwaysEmpty(answer);
  }

  @Override
  protected void sanitizeHeadersBeforeEncode(HttpResponse answer, boolean empty) {
    // 101 and an answer to HEAD keep their headers: they tell of what follows, or would have.
    if (!head && answer.status().code() != 101) {
      super.sanitizeHeadersBeforeEncode(answer, empty);
    }
  }
}
