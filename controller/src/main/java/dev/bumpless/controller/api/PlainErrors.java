package dev.bumpless.controller.api;

import dev.bumpless.controller.problem.Problem;
import java.nio.ByteBuffer;
import java.util.List;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/** The one error record too for what the server refuses before any route has seen it. */
final class PlainErrors extends ErrorHandler {
  private final RestJson json;

  PlainErrors(RestJson json) {
    this.json = json;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    byte[] body = json.write(Answers.ErrorBody.of(problem(response.getStatus())));
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
    response.write(true, ByteBuffer.wrap(body), callback);
    return true;
  }

  private static Problem problem(int status) {
    return switch (status) {
      case 431 ->
          problem(
              Problem.Code.TOO_LARGE,
              "the headers are larger than " + RestServer.MAX_HEADER_BYTES + " bytes",
              "send fewer or shorter headers; is the token what is in TRUST/controller/token?");
      case 414 -> problem(Problem.Code.TOO_LARGE, "the address is too long", "shorten the query");
      case 500 ->
          problem(Problem.Code.INTERNAL, "the controller failed on this call", "look into its log");
      default ->
          problem(
              Problem.Code.BAD_REQUEST,
              "this is not an HTTP request that can be answered (HTTP " + status + ")",
              "see /openapi.json");
    };
  }

  private static Problem problem(Problem.Code code, String message, String hint) {
    return new Problem(code, message, hint, List.of());
  }
}
