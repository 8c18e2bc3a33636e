package dev.bumpless.controller.api;

import dev.bumpless.controller.problem.Problem;
import io.javalin.http.Context;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Whether a webhook was sent by who knows the secret: HMAC-SHA-256 of the body, as GitHub ({@code
 * X-Hub-Signature-256: sha256=HEX}) and Gitea ({@code X-Gitea-Signature: HEX}) sign. Compared in
 * constant time.
 */
final class WebhookSignature {
  private static final String ALGORITHM = "HmacSHA256";
  private static final String GITHUB = "sha256=";

  private WebhookSignature() {}

  /** The same refusal whatever is wrong: who does not know the secret learns no names either. */
  static void check(Context context, @Nullable String secret) {
    byte[] given = given(context).orElse(new byte[0]);
    byte[] body = context.bodyAsBytes();
    if (secret == null || !MessageDigest.isEqual(sign(secret, body), given)) {
      throw Problem.of(
          Problem.Code.UNAUTHENTICATED,
          "the webhook is not signed with the secret of a source of that name",
          "give the forge what is in the source's 'webhookSecret' file, and JSON for content type");
    }
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
