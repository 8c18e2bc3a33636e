package dev.bumpless.controller.api;

import dev.bumpless.controller.problem.Problem;
import io.javalin.http.Context;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;

/** Lets pass who knows the token. Digests are compared, in constant time and of equal length. */
final class BearerToken {
  private static final String SCHEME = "Bearer ";

  private final byte[] digest;

  BearerToken(String token) {
    if (token.length() < 32) {
      throw new IllegalArgumentException("a REST token has at least 32 characters");
    }
    this.digest = sha256(token);
  }

  void check(Context context) {
    @Nullable String header = context.header("Authorization");
    boolean knows =
        header != null
            && header.startsWith(SCHEME)
            && MessageDigest.isEqual(digest, sha256(header.substring(SCHEME.length())));
    if (!knows) {
      context.header("WWW-Authenticate", "Bearer");
      throw Problem.of(
          Problem.Code.UNAUTHENTICATED,
          header == null ? "the call carries no token" : "the token is not the controller's",
          "set BUMPLESS_TOKEN to what is in TRUST/controller/token");
    }
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
