/**
 * Reads manifests where they lie: {@link dev.bumpless.controller.repository.GitReader} a branch by
 * way of the installed {@code git}, {@link dev.bumpless.controller.repository.DirectoryReader} a
 * folder. What is read is nobody's friend: everything has a limit, and nothing of it is ever
 * checked out, linked or run.
 */
@NullMarked
package dev.bumpless.controller.repository;

import org.jspecify.annotations.NullMarked;
