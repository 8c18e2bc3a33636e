package dev.bumpless.controller.api;

import dev.bumpless.controller.problem.Problem;
import io.javalin.http.Context;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Whether a webhook was sent by who knows the secret: HMAC-SHA-256 of the body, as GitHub ({@code
 * X-Hub-Signature-256: sha256=HEX}) and Gitea ({@code X-Gitea-Signature: HEX}) sign. Compared in
 * constant time.
 *
 * <p>Anybody may send one, as slowly as he likes; so a few bodies are read at once and no more, and
 * the threads for everybody else stay free.
 */
final class WebhookSignature {
  private static final String ALGORITHM = "HmacSHA256";
  private static final String GITHUB = "sha256=";

  /** Signed with where there is no secret, so that both take the same time. */
  private static final String NOBODYS = "nobody's";

  /** Bodies that are read at once. */
  static final int MOST = 4;

  private final Semaphore places = new Semaphore(MOST);

  /** The same refusal whatever is wrong: who does not know the secret learns no names either. */
  void check(Context context, @Nullable String secret) {
    byte[] given = given(context).orElseThrow(WebhookSignature::refused);
    byte[] signature = sign(secret == null ? NOBODYS : secret, body(context));
    if (!MessageDigest.isEqual(signature, given) || secret == null) {
      throw refused();
    }
  }

  private byte[] body(Context context) {
    if (!places.tryAcquire()) {
      throw Problem.of(
          Problem.Code.TOO_BUSY,
          MOST + " webhooks are being read, and no more are at a time",
          "the source looks at its next interval all the same");
    }
    try {
      return context.bodyAsBytes();
    } finally {
      places.release();
    }
  }

  private static RuntimeException refused() {
    return Problem.of(
        Problem.Code.UNAUTHENTICATED,
        "the webhook is not signed with the secret of a source of that name",
        "give the forge what is in the source's 'webhookSecret' file, and JSON for content type");
  }

  private static Optional<byte[]> given(Context context) {
    @Nullable String github = context.header("X-Hub-Signature-256");
    @Nullable String text =
        github != null && github.startsWith(GITHUB)
            ? github.substring(GITHUB.length())
            : context.header("X-Gitea-Signature");
    try {
      return Optional.ofNullable(text).map(HexFormat.of()::parseHex);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  static byte[] sign(String secret, byte[] body) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM));
      return mac.doFinal(body);
    } catch (GeneralSecurityException e) {
      throw new AssertionError("every Java platform has HmacSHA256", e);
    }
  }
}
