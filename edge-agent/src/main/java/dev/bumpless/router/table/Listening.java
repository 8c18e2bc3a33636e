package dev.bumpless.router.table;

import java.io.IOException;
import java.util.Map;

/**
 * The listeners, as the table commands them. Called with the table's monitor held, so one call at a
 * time; may block for a bind.
 */
public interface Listening {
  /** Binds but does not accept yet. Fails when another program has the address. */
  void bind(Endpoint listen, Protocol protocol, Gate gate) throws IOException;

  /** Binds and accepts; while another program has the address, tries again until closed. */
  void keepTrying(Endpoint listen, Protocol protocol, Gate gate);

  /** Starts to accept what {@link #bind} bound. */
  void accept(Endpoint listen);

  /** No new connections; those that exist go on. Unknown is fine. */
  void close(Endpoint listen);

  /** For each listener {@code listening}, or {@code waiting (why)}. */
  Map<Endpoint, String> states();
}
