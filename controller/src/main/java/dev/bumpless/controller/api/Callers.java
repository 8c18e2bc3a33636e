package dev.bumpless.controller.api;

import java.util.Optional;

/** Knows the tokens that have a name. Any thread may call, for each call of REST. */
public interface Callers {
  /** Whose token it is, as the audit is to call them; empty where it is nobody's. */
  Optional<String> whose(String token);
}
