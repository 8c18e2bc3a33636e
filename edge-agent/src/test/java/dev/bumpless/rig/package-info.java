/**
 * A device for integration tests and benchmarks: real processes, a real engine, and an app that can
 * fail in each way. Entry classes: {@link dev.bumpless.rig.TestApp} and {@link
 * dev.bumpless.rig.RouterProcess}.
 */
@NullMarked
package dev.bumpless.rig;

import org.jspecify.annotations.NullMarked;
