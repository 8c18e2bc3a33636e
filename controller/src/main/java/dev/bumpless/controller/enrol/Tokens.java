package dev.bumpless.controller.enrol;

import dev.bumpless.trust.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * Tokens of REST with a name, besides the first one that {@link Init} makes: one for each person or
 * program, so that the audit tells them apart. A token is {@code NAME.SECRET}; the file {@code
 * tokens/NAME} holds its SHA-256 in hexadecimal, from which it cannot be made again.
 *
 * <p>Since a token tells its name, one file is read for a call, and it is read each time: a token
 * that was made or deleted counts from the next call on. Any thread may call.
 */
public final class Tokens {
  /** More are not made. */
  static final int MOST = 64;

  private static final Logger LOG = System.getLogger(Tokens.class.getName());
  private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");
  private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}\n?");
  private static final int MOST_BYTES = 80;

  /** Actors of the audit that are no named token. */
  private static final Set<String> TAKEN =
      Set.of("token", "nobody", "controller", "webhook", "source");

  private final TrustDirectory directory;
  private final Set<String> told = ConcurrentHashMap.newKeySet();

  public Tokens(Path trust) {
    this.directory = new TrustDirectory(trust.toAbsolutePath());
  }

  /**
   * Makes one. It belongs to whoever the first one belongs to: what root makes, the controller
   * reads.
   *
   * @return the token, which is kept nowhere
   * @throws IllegalArgumentException where no token can have this name, or one has it
   * @throws IOException where it cannot be kept
   */
  public String create(String name) throws IOException {
    requireName(name);
    if (!Files.exists(directory.token())) {
      throw new NoSuchFileException(directory.token().toString());
    }
    Files.setOwner(PrivateFile.folder(directory.tokens()), Files.getOwner(directory.token()));
    Set<String> names = names();
    if (names.contains(name)) {
      throw new IllegalArgumentException("there is a token '" + name + "' already");
    }
    if (names.size() >= MOST) {
      throw new IllegalArgumentException(
          "there are " + names.size() + " tokens, the most there can be");
    }
    String token = name + "." + Init.random();
    PrivateFile.write(file(name), (digestOf(token) + "\n").getBytes(StandardCharsets.US_ASCII));
    Files.setOwner(file(name), Files.getOwner(directory.token()));
    return token;
  }

  /** The names of all, also of those whose file is unreadable. */
  public Set<String> names() throws IOException {
    Set<String> names = new TreeSet<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory.tokens())) {
      for (Path file : files) {
        String name = String.valueOf(file.getFileName());
        if (isName(name)) {
          names.add(name);
        }
      }
    } catch (NoSuchFileException e) {
      return Set.of();
    }
    return names;
  }

  /**
   * From the next call on nobody is let in with it.
   *
   * @return false where there is none of this name
   */
  public boolean delete(String name) throws IOException {
    requireName(name);
    return PrivateFile.delete(file(name));
  }

  /** Whose token it is; empty where it is nobody's. A file that is of no use is logged once. */
  public Optional<String> whose(String token) {
    String name = token.substring(0, Math.max(token.indexOf('.'), 0));
    return isName(name) && isOf(name, token) ? Optional.of(name) : Optional.empty();
  }

  private boolean isOf(String name, String token) {
    try {
      String digest = digestIn(file(name));
      told.remove(name);
      return MessageDigest.isEqual(
          digest.getBytes(StandardCharsets.US_ASCII),
          digestOf(token).getBytes(StandardCharsets.US_ASCII));
    } catch (NoSuchFileException e) {
      return false;
    } catch (IOException e) {
      if (told.size() < MOST && told.add(name)) {
        LOG.log(
            Level.WARNING,
            "token {0} is ignored, and whoever has it refused: {1}. Make the file readable for the"
                + " controller, or delete the token and create it again",
            name,
            String.valueOf(e));
      }
      return false;
    }
  }

  private static String digestOf(String token) {
    return Sha256.hex(token.getBytes(StandardCharsets.UTF_8));
  }

  private static String digestIn(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      String text = new String(in.readNBytes(MOST_BYTES), StandardCharsets.US_ASCII);
      if (!DIGEST.matcher(text).matches()) {
        throw new IOException(file + " holds no SHA-256");
      }
      return text.strip();
    }
  }

  private Path file(String name) {
    return directory.tokens().resolve(name);
  }

  private static boolean isName(String name) {
    return NAME.matcher(name).matches() && !TAKEN.contains(name);
  }

  private static void requireName(String name) {
    if (TAKEN.contains(name)) {
      throw new IllegalArgumentException(
          "no token is called '" + name + "': the audit calls others so");
    }
    if (!isName(name)) {
      throw new IllegalArgumentException(
          "'" + name + "' is no name of a token: 1 to 63 of a-z, 0-9 and '-'");
    }
  }
}
