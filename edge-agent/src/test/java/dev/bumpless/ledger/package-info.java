/**
 * The drop ledger: an open-loop load generator that books every request and every answer, so that a
 * swap which loses, doubles, garbles or delays one is seen. Entry classes: {@link
 * dev.bumpless.ledger.Main} on the command line, {@link dev.bumpless.ledger.Ledger} in tests. Plain
 * JDK, nothing else of this project: it judges the product and shares no code with it.
 *
 * <p><b>Open loop.</b> Request {@code n} of a shape is due at {@code start + n / rate}, whatever
 * became of the ones before it. Latency counts from that instant, so a stall of the service (or of
 * the generator, which is reported as its lag) shows in all the requests that fell into it.
 *
 * <p><b>Exactly once.</b> {@code sent = answered + failed}, always. An answer counts when it is
 * complete, has status 200 and carries the request's own number where the path lets it. What
 * belongs to no open request (a second answer, a WebSocket cut while nothing was under way) is a
 * stray. Lost is failed plus strays.
 *
 * <p><b>Gap.</b> The longest time in which somebody was waiting and nobody was answered: the clock
 * of a shape starts when a request falls due while none waits, starts again with every good answer
 * while others still wait, and rests when a good answer leaves nobody waiting. A failure does not
 * stop it.
 */
@NullMarked
package dev.bumpless.ledger;

import org.jspecify.annotations.NullMarked;
