package dev.bumpless.agent.docker;

import com.github.dockerjava.core.RemoteApiVersion;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * Which version of the engine's API is spoken: the highest that both sides know.
 *
 * @see <a href="https://docs.docker.com/reference/api/engine/">the engine's version history</a>
 */
final class ApiVersions {
  /** Engine 29 asks for at least this; engine 20.10 knows up to 1.41. */
  static final RemoteApiVersion HIGHEST = RemoteApiVersion.VERSION_1_44;

  /** Engine 19.03. Older ones lack {@code init} and limits that manifests rest on. */
  static final RemoteApiVersion LOWEST = RemoteApiVersion.VERSION_1_40;

  private static final Comparator<RemoteApiVersion> OLDEST_FIRST =
      (a, b) -> a.equals(b) ? 0 : a.isGreater(b) ? 1 : -1;

  private ApiVersions() {}

  /** Throws {@link UnsupportedEngineException} where there is no common version. */
  static RemoteApiVersion agree(String engineHighest, @Nullable String engineLowest) {
    RemoteApiVersion theirs = RemoteApiVersion.parseConfig(engineHighest);
    RemoteApiVersion common = OLDEST_FIRST.compare(theirs, HIGHEST) < 0 ? theirs : HIGHEST;
    boolean tooOld = OLDEST_FIRST.compare(common, LOWEST) < 0;
    boolean tooNew =
        engineLowest != null
            && !engineLowest.isEmpty()
            && OLDEST_FIRST.compare(common, RemoteApiVersion.parseConfig(engineLowest)) < 0;
    if (tooOld || tooNew) {
      throw new UnsupportedEngineException(
          "the engine speaks API %s to %s and this agent %s to %s"
              .formatted(engineLowest, engineHighest, text(LOWEST), text(HIGHEST)));
    }
    return common;
  }

  private static String text(RemoteApiVersion version) {
    return version.getVersion();
  }

  /** No common version: a newer engine or a newer agent is needed. */
  static final class UnsupportedEngineException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnsupportedEngineException(String message) {
      super(message);
    }
  }
}
