package dev.bumpless.controller.enrol;

import dev.bumpless.controller.fleet.Enrolment;
import dev.bumpless.protocol.DeviceId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;

/**
 * Where things are in the directory that {@code bumpless init} makes. Reading it needs no more
 * rights than the controller's own.
 */
public record TrustDirectory(Path path) implements Enrolment {
  public static final String CONTROLLER = "controller";

  public Path ca() {
    return path.resolve("ca.crt");
  }

  Path caKey() {
    return path.resolve("ca.key");
  }

  /** The trust root that devices hold: which keys may sign what. */
  public Path root() {
    return path.resolve("root.json");
  }

  Path keys() {
    return path.resolve("keys");
  }

  Path releaseKey() {
    return keys().resolve("release.key");
  }

  Path orderKey() {
    return keys().resolve("order.key");
  }

  public Path controllerStore() {
    return path.resolve(CONTROLLER).resolve("controller.p12");
  }

  /** Base64url of 32 random bytes: what a caller of REST must know. */
  public Path token() {
    return path.resolve(CONTROLLER).resolve("token");
  }

  /** Of each token with a name its digest, see {@link Tokens}. */
  Path tokens() {
    return path.resolve(CONTROLLER).resolve("tokens");
  }

  Path devices() {
    return path.resolve("devices");
  }

  Path device(DeviceId id) {
    return devices().resolve(id.value());
  }

  static Path passwordOf(Path store) {
    return store.resolveSibling("p12.password");
  }

  /** Holds the password of the controller's key store. */
  public Path controllerPasswordFile() {
    return passwordOf(controllerStore());
  }

  public String controllerPassword() throws IOException {
    return Files.readString(controllerPasswordFile()).strip();
  }

  @Override
  public Set<DeviceId> enrolled() {
    Set<DeviceId> ids = new TreeSet<>();
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(devices(), Files::isDirectory)) {
      for (Path folder : folders) {
        if (Files.exists(folder.resolve("device.p12"))) {
          ids.add(new DeviceId(String.valueOf(folder.getFileName())));
        }
      }
      return ids;
    } catch (NoSuchFileException | NotDirectoryException e) {
      return Set.of();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list " + devices(), e);
    }
  }
}
