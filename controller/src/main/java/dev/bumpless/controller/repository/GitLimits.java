package dev.bumpless.controller.repository;

import java.time.Duration;

/**
 * What a remote may cost.
 *
 * @param ask until it has said where its branch is
 * @param fetch until that commit is here
 * @param fileBytes of any file that git writes: what is fetched becomes one file
 * @param memoryBytes address space of each git process
 */
record GitLimits(Duration ask, Duration fetch, long fileBytes, long memoryBytes) {
  static final GitLimits USUAL =
      new GitLimits(Duration.ofSeconds(30), Duration.ofMinutes(2), 64L << 20, 512L << 20);
}
