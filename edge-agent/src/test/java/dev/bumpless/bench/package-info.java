/**
 * The benchmarks: whole runs that print tables, never timed tests. {@link dev.bumpless.bench.Main}
 * is what {@code scripts/bench} starts.
 */
@NullMarked
package dev.bumpless.bench;

import org.jspecify.annotations.NullMarked;
