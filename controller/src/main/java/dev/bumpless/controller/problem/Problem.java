package dev.bumpless.controller.problem;

import java.util.List;

/**
 * An expected failure, told to a person.
 *
 * @param message what was tried, on what, and why it failed
 * @param hint what to do next
 * @param details places in a file, where there are any
 */
public record Problem(Code code, String message, String hint, List<Detail> details) {

  public Problem {
    details = List.copyOf(details);
  }

  /** The closed set of kinds; REST shows the names. */
  public enum Code {
    INVALID_MANIFEST,
    BAD_REQUEST,
    UNAUTHENTICATED,
    NOT_FOUND,
    NO_TARGET,
    CONFLICT,
    TOO_LARGE,
    IMAGE_NOT_FOUND,
    REGISTRY_UNREACHABLE,
    REGISTRY_DENIED,
    SOURCE_UNREADABLE,
    UNSUPPORTED,
    DEVICE_OFFLINE,
    TOO_BUSY,
    STANDING_BY,
    INTERNAL
  }

  /** One place in a file; line and column count from 1, 0 where unknown. */
  public record Detail(String file, int line, int column, String message) {}

  public ProblemException toException() {
    return new ProblemException(this);
  }

  /** A problem without places, as an exception that is ready to be thrown. */
  public static ProblemException of(Code code, String message, String hint) {
    return new Problem(code, message, hint, List.of()).toException();
  }
}
