package dev.bumpless.manifest;

import java.util.List;

/**
 * A command that is run in a container inside a hold.
 *
 * @param container its name in the manifest
 * @param exec the command and its arguments; ends with 0 when it worked
 */
public record Hook(String container, List<String> exec) {
  public Hook {
    exec = List.copyOf(exec);
    InvalidManifestException.check(!exec.isEmpty(), "a hook in '%s' has no command", container);
  }
}
