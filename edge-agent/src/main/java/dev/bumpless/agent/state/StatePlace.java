package dev.bumpless.agent.state;

import dev.bumpless.agent.http.Answer;
import dev.bumpless.agent.http.Exchange;
import dev.bumpless.agent.http.Exchange.BrokenSourceException;
import dev.bumpless.agent.http.Url;
import dev.bumpless.agent.swap.ObservedContainer;
import dev.bumpless.agent.swap.StateTransfer.Side;
import dev.bumpless.agent.swap.TransferException;
import dev.bumpless.manifest.StatePolicy;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.SocketTimeoutException;

/**
 * Where one version answers GET with its state and takes PUT.
 *
 * @param where for a person: {@code http://172.30.1.2:8080/state (container 'app' of web:blue/0)}
 */
record StatePlace(Url url, String where) {
  private static final int OK = 200;

  static StatePlace of(Side side, StatePolicy.Http policy) throws TransferException {
    ObservedContainer found = side.container(policy.container());
    Url url = new Url(found.address(), policy.port(), policy.path());
    String where = "%s (container '%s' of %s)".formatted(url, policy.container(), side.instance());
    if (found.address().isEmpty()) {
      throw new TransferException(
          "container '%s' of %s has no address on the device's bridge: state of kind http needs one"
              .formatted(policy.container(), side.instance()));
    }
    return new StatePlace(url, where);
  }

  /** Brings what is here to the other place. */
  Mark passTo(StatePlace other, Deadline deadline) throws TransferException {
    try (Exchange get = Exchange.open(url, deadline.remaining())) {
      Answer state = stateOf(get.get());
      MarkedBody body = new MarkedBody(state);
      other.take(new Answer(state.status(), state.headers(), state.bodyBytes(), body), deadline);
      return body.mark();
    } catch (IOException e) {
      throw failed("GET", e);
    }
  }

  /** What is here now. */
  Mark look(Deadline deadline) throws TransferException {
    try (Exchange get = Exchange.open(url, deadline.remaining())) {
      MarkedBody body = new MarkedBody(stateOf(get.get()));
      body.transferTo(OutputStream.nullOutputStream());
      return body.mark();
    } catch (IOException e) {
      throw failed("GET", e);
    }
  }

  private void take(Answer state, Deadline deadline)
      throws TransferException, BrokenSourceException {
    try (Exchange put = Exchange.open(url, deadline.remaining())) {
      Answer taken = put.put(state);
      if (taken.status() / 100 != 2) {
        throw new TransferException(
            "PUT %s answered %d%s: it must take the old version's state with 2xx"
                .formatted(where, taken.status(), said(taken)));
      }
    } catch (BrokenSourceException e) {
      throw e;
    } catch (IOException e) {
      throw failed("PUT", e);
    }
  }

  private Answer stateOf(Answer answer) throws TransferException {
    if (answer.status() != OK || answer.header("etag").isEmpty()) {
      String what = answer.status() == OK ? " without an ETag" : said(answer);
      throw new TransferException(
          "GET %s answered %d%s: it must answer 200 with an ETag; correct the app, or 'path' of the"
                  .formatted(where, answer.status(), what)
              + " manifest's state");
    }
    return answer;
  }

  private static String said(Answer answer) {
    String excerpt = answer.excerpt();
    return excerpt.isEmpty() ? "" : " '" + excerpt + "'";
  }

  private TransferException failed(String method, IOException e) {
    return new TransferException(
        "%s %s: %s%s".formatted(method, where, e.getMessage(), hint(e)), e);
  }

  private static String hint(IOException e) {
    Throwable cause = e.getCause();
    if (e instanceof SocketTimeoutException || cause instanceof SocketTimeoutException) {
      return "; make it quicker, or raise 'upgrade.hold'";
    }
    return cause instanceof ConnectException ? "; is 'port' of the manifest's state right?" : "";
  }

  @Override
  public String toString() {
    return where;
  }
}
