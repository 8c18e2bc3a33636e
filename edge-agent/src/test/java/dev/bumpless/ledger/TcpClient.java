package dev.bumpless.ledger;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A line and half-close on a connection of its own: the line and the end must come back. */
final class TcpClient implements Client {
  private final Session session;
  private final Account account;

  TcpClient(Session session, Account account) {
    this.session = session;
    this.account = account;
  }

  @Override
  public void fire(long due) {
    Request request = account.open(due);
    try {
      Echo echo = new Echo(request);
      Wire wire = Wire.open(session.loop(), session.options().tcpTarget(), echo);
      session.limit(request, account, wire::close);
      wire.send((request.token() + '\n').getBytes(ISO_8859_1));
      wire.end();
    } catch (IOException e) {
      account.failed(request, Wire.reasonOf(e), String.valueOf(e.getMessage()));
    }
  }

  private final class Echo implements Wire.Listener {
    private final Request request;
    private final StringBuilder came = new StringBuilder();

    Echo(Request request) {
      this.request = request;
    }

    @Override
    public void received(ByteBuffer bytes) {
      came.append(ISO_8859_1.decode(bytes));
    }

    @Override
    public void ended() {
      String expected = request.token() + '\n';
      if (came.toString().equals(expected)) {
        account.answered(request);
      } else if (expected.startsWith(came.toString())) {
        account.failed(
            request, came.isEmpty() ? Reason.CLOSED : Reason.TRUNCATED, "got '" + came + "'");
      } else {
        Reason reason =
            came.toString().startsWith(expected) ? Reason.ANSWERED_TWICE : Reason.WRONG_ANSWER;
        account.failed(request, reason, "got '" + came + "'");
      }
    }

    @Override
    public void broken(Reason reason, String detail) {
      account.failed(request, reason, detail);
    }
  }
}
