package dev.bumpless.controller.api;

import dev.bumpless.controller.problem.Problem;
import io.javalin.http.Context;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Lets pass who knows the first token, or one with a name. Digests are compared, in constant time
 * and of equal length.
 */
final class BearerToken {
  private static final String FIRST = "token";
  private static final String SCHEME = "Bearer ";

  private final byte[] digest;
  private final Callers callers;

  BearerToken(String token, Callers callers) {
    if (token.length() < 32) {
      throw new IllegalArgumentException("a REST token has at least 32 characters");
    }
    this.digest = sha256(token);
    this.callers = callers;
  }

  /**
   * Who calls, as the audit is to call them.
   *
   * @throws dev.bumpless.controller.problem.ProblemException UNAUTHENTICATED
   */
  String check(Context context) {
    @Nullable String header = context.header("Authorization");
    return Optional.ofNullable(header)
        .filter(text -> text.startsWith(SCHEME))
        .flatMap(text -> whose(text.substring(SCHEME.length())))
        .orElseThrow(
            () -> {
              context.header("WWW-Authenticate", "Bearer");
              return Problem.of(
                  Problem.Code.UNAUTHENTICATED,
                  header == null
                      ? "the call carries no token"
                      : "the token is none of the controller's",
                  "set BUMPLESS_TOKEN to what is in TRUST/controller/token, or to what"
                      + " `bumpless token create` printed");
            });
  }

  private Optional<String> whose(String token) {
    return MessageDigest.isEqual(digest, sha256(token)) ? Optional.of(FIRST) : callers.whose(token);
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
