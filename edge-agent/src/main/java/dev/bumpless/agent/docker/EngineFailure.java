package dev.bumpless.agent.docker;

import static dev.bumpless.agent.swap.EngineException.Kind.PERMANENT;
import static dev.bumpless.agent.swap.EngineException.Kind.TRANSIENT;

import com.github.dockerjava.api.exception.DockerException;
import dev.bumpless.agent.swap.EngineException;
import dev.bumpless.agent.swap.EngineException.Kind;
import java.io.IOException;
import java.net.ConnectException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Decides once what a failure of the engine means. The engine answers most things with status 500
 * and a sentence, so its words decide before its status does.
 */
final class EngineFailure {
  private static final Pattern JSON_MESSAGE =
      Pattern.compile("\\{\\s*\"message\"\\s*:\\s*\"((?:[^\"\\\\]|\\\\.)*)\"", Pattern.DOTALL);

  /** First match wins: the narrow ones come first. */
  private static final List<Rule> RULES =
      List.of(
          new Rule(
              "no space left on device|disk quota exceeded",
              PERMANENT,
              "The disk of the engine is full: remove images or files, then retry the app"),
          new Rule(
              "no matching manifest for|does not match the specified platform|"
                  + "cannot be used on this platform|exec format error",
              PERMANENT,
              "The image is not made for this device's processor: build it for that platform too"),
          new Rule(
              "unauthorized|authentication required|no basic auth credentials|^denied|"
                  + "access to the resource is denied|pull access denied|forbidden",
              PERMANENT,
              "The registry refuses: check the credentials of that registry on the device"
                  + " and that the image is there"),
          new Rule(
              "manifest unknown|manifest for .* not found|name unknown|repository .* not found|"
                  + "not found: manifest",
              PERMANENT,
              "The registry does not have it: push the image, or correct its name"),
          new Rule(
              "server gave http response to https client",
              PERMANENT,
              "The registry speaks plain HTTP: list it under insecure-registries in the engine's"
                  + " daemon.json"),
          new Rule(
              "x509:|certificate signed by|tls: ",
              PERMANENT,
              "The registry's certificate is not trusted: put its CA under /etc/docker/certs.d"),
          new Rule(
              "toomanyrequests|rate limit",
              TRANSIENT,
              "The registry limits the rate: it will be tried again"),
          new Rule(
              "pool overlaps|overlaps with",
              PERMANENT,
              "Choose another 'subnet' in the agent's configuration"),
          new Rule(
              "no such image",
              PERMANENT,
              "The image has gone from the engine since it was pulled: retry the app"),
          new Rule(
              "address already in use|port is already allocated",
              TRANSIENT,
              "Something else has taken the address: it will be tried again with another"),
          new Rule(
              "gathering device information|no such device",
              PERMANENT,
              "The device file is not there: plug it in or correct 'devices'"),
          new Rule(
              "bind source path does not exist|invalid mount config",
              PERMANENT,
              "Create the folder on the device or correct 'volumes'"),
          new Rule(
              "is already in use by container",
              PERMANENT,
              "Something else has a container of that name: remove or rename it"),
          new Rule(
              "executable file not found|oci runtime|unable to start container process|"
                  + "failed to create shim",
              PERMANENT,
              "The container cannot start as the manifest has it: check entrypoint, command, user"
                  + " and volumes"),
          new Rule(
              "client version .* is too old|client version .* is too new|the engine speaks api",
              PERMANENT,
              "Install an engine from 19.03 to 29, or an agent that fits it"),
          new Rule(
              "connection refused|no such host|i/o timeout|handshake timeout|connection reset|"
                  + "network is unreachable|no route to host|server misbehaving|unexpected eof|"
                  + "unexpected http status: 5|context deadline exceeded|timeout exceeded|"
                  + "temporary failure|request canceled|\\beof\\b",
              TRANSIENT,
              "The registry cannot be reached from the device just now: check network, name and"
                  + " port; it will be tried again"));

  private EngineFailure() {}

  /** A known sentence, what it means and what to do. */
  private record Rule(Pattern words, Kind kind, String hint) {
    Rule(String words, Kind kind, String hint) {
      this(Pattern.compile(words), kind, hint);
    }

    boolean fits(String why) {
      return words.matcher(why.toLowerCase(Locale.ROOT)).find();
    }
  }

  static EngineException of(String tried, Throwable cause) {
    if (cause instanceof DockerException refused) {
      return of(tried, reason(refused), refused.getHttpStatus(), cause);
    }
    IOException io = ioCause(cause);
    if (io != null) {
      return unreachable(tried, io);
    }
    return of(tried, words(cause), 0, cause);
  }

  /** For words that came in a stream, without a status. */
  static EngineException of(String tried, String why) {
    return of(tried, why, 500, null);
  }

  /** Whether the connection was dead before an answer began, as after an engine's restart. */
  static boolean isStale(Throwable cause) {
    IOException io = ioCause(cause);
    if (io == null || io instanceof ConnectException) {
      return false;
    }
    String name = io.getClass().getSimpleName();
    String words = words(io).toLowerCase(Locale.ROOT);
    return name.equals("NoHttpResponseException")
        || name.equals("ConnectionClosedException")
        || name.equals("ClosedChannelException")
        || words.contains("broken pipe")
        || words.contains("connection reset");
  }

  private static EngineException of(
      String tried, String why, int status, @Nullable Throwable cause) {
    for (Rule rule : RULES) {
      if (rule.fits(why)) {
        return exception(rule.kind(), tried, why, rule.hint(), cause);
      }
    }
    Kind kind = status >= 500 || status == 409 || status == 0 ? TRANSIENT : PERMANENT;
    String hint = kind == TRANSIENT ? "It will be tried again; see the engine's log" : "";
    return exception(kind, tried, why, hint, cause);
  }

  private static EngineException unreachable(String tried, IOException cause) {
    String why = words(cause);
    String hint =
        why.toLowerCase(Locale.ROOT).contains("permission denied")
            ? "The agent's user must be in the group of the engine's socket"
            : "Start the engine, or correct 'docker' in the agent's configuration";
    return exception(TRANSIENT, tried, "the engine cannot be reached: " + why, hint, cause);
  }

  private static EngineException exception(
      Kind kind, String tried, String why, String hint, @Nullable Throwable cause) {
    String message = tried + " failed: " + why + (hint.isEmpty() ? "" : ". " + hint + ".");
    return cause == null
        ? new EngineException(kind, message)
        : new EngineException(kind, message, cause);
  }

  private static String reason(DockerException refused) {
    String text = words(refused);
    Matcher json = JSON_MESSAGE.matcher(text);
    String why =
        json.find()
            ? json.group(1).replace("\\n", " ").replace("\\\"", "\"").replace("\\\\", "\\")
            : text;
    return why.strip();
  }

  private static String words(Throwable cause) {
    return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
  }

  private static @Nullable IOException ioCause(Throwable cause) {
    for (Throwable at = cause; at != null; at = at.getCause()) {
      if (at instanceof IOException io) {
        return io;
      }
    }
    return null;
  }
}
