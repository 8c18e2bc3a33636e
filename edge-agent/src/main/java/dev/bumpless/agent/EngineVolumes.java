package dev.bumpless.agent;

import dev.bumpless.agent.docker.VolumeCopier;
import dev.bumpless.agent.state.VolumeCopies;
import dev.bumpless.agent.swap.EngineException;
import dev.bumpless.agent.swap.InstanceKey;
import dev.bumpless.manifest.AppName;
import java.io.IOException;
import java.time.Duration;

/** The engine's volumes for those who carry state. */
public record EngineVolumes(VolumeCopier copier) implements VolumeCopies {
  @Override
  public void copy(InstanceKey from, InstanceKey to, boolean exactly, Duration limit)
      throws IOException {
    try {
      copier.copy(from, to, exactly, limit);
    } catch (EngineException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  @Override
  public void close(AppName app) throws IOException {
    try {
      copier.close(app);
    } catch (EngineException e) {
      throw new IOException(e.getMessage(), e);
    }
  }
}
