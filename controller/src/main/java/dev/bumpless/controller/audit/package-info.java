/**
 * Who did what to what, from where, and what came of it: records that are only ever added, each
 * holding the hash of the one before. Entry class: {@link dev.bumpless.controller.audit.AuditLog}.
 * Written by the API, by sources, and by rollouts in waves; the command line checks with {@link
 * dev.bumpless.controller.audit.ChainCheck} what it exported. No library, no files, no clock.
 */
@NullMarked
package dev.bumpless.controller.audit;

import org.jspecify.annotations.NullMarked;
