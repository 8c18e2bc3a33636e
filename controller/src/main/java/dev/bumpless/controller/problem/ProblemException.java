package dev.bumpless.controller.problem;

/** Carries a {@link Problem} up to the API, which answers with it. Never logged with a trace. */
public final class ProblemException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // never serialised
  private final Problem problem;

  ProblemException(Problem problem) {
    super(problem.code() + ": " + problem.message());
    this.problem = problem;
  }

  public Problem problem() {
    return problem;
  }
}
