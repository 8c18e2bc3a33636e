package dev.bumpless.router.net;

import dev.bumpless.router.table.Backend;
import java.util.Set;

/** A client's connection, for who lists or ends it. Any thread may call. */
public interface Connection {
  /** {@code key=value} pairs for a person. */
  String describe();

  /** Ends what it has under way with one of these, as gently as the protocol knows. */
  void cut(Set<Backend> backends);
}
