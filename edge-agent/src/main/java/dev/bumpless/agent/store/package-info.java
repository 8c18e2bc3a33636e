/**
 * What the agent keeps on disk. {@link dev.bumpless.agent.store.JournalFile} holds what must
 * outlive a crash in the middle of a swap. Every file is replaced as a whole; one that is torn is
 * found out and left out. Used by the wiring alone.
 */
@NullMarked
package dev.bumpless.agent.store;

import org.jspecify.annotations.NullMarked;
