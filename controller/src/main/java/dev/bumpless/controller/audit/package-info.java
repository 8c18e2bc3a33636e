/**
 * Who did what, when, and what came of it: rows that are only ever added. Entry class: {@link
 * dev.bumpless.controller.audit.AuditLog}. Written by the API.
 */
@NullMarked
package dev.bumpless.controller.audit;

import org.jspecify.annotations.NullMarked;
