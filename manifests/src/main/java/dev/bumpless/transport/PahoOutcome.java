package dev.bumpless.transport;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttActionListener;
import org.jspecify.annotations.Nullable;

/**
 * How one call ends. Paho's own token says "done" a moment before the message stops counting as
 * under way, so that a fast caller is told that too many are; this listener is called after that.
 */
final class PahoOutcome implements MqttActionListener {
  private static final int LOWEST_FAILURE = 0x80;

  private final CompletableFuture<IMqttToken> done = new CompletableFuture<>();

  @Override
  public void onSuccess(IMqttToken token) {
    done.complete(token);
  }

  @Override
  public void onFailure(IMqttToken token, Throwable exception) {
    fail(exception);
  }

  /** It could not even begin. */
  void fail(Throwable why) {
    done.completeExceptionally(
        why instanceof TransportException
            ? why
            : new TransportException(PahoConnection.reason(why), why));
  }

  /** Runs it once, however this ends; not where the connection ends first. */
  void whenEnded(Runnable work) {
    var unused = done.whenComplete((token, failure) -> work.run());
  }

  /**
   * Waits for the broker's word.
   *
   * @param connectionEnd completes with the reason when there is nobody left to wait for
   */
  void await(Duration timeout, CompletableFuture<String> connectionEnd) throws TransportException {
    try {
      Object first =
          CompletableFuture.anyOf(done, connectionEnd)
              .get(timeout.toMillis(), TimeUnit.MILLISECONDS);
      if (!(first instanceof IMqttToken token)) {
        throw new TransportException("the connection was lost: " + first);
      }
      checkReasonCodes(token.getReasonCodes());
    } catch (ExecutionException e) {
      throw new TransportException(PahoConnection.reason(e.getCause()), e);
    } catch (TimeoutException e) {
      throw new TransportException("no answer within " + timeout.toMillis() + " ms", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TransportException("interrupted while waiting for the broker", e);
    }
  }

  private static void checkReasonCodes(int @Nullable [] codes) throws TransportException {
    if (codes == null) {
      return;
    }
    for (int code : codes) {
      if (code >= LOWEST_FAILURE) {
        throw new TransportException("the broker refused it with reason code " + code);
      }
    }
  }
}
