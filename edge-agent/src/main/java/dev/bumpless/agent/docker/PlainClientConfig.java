package dev.bumpless.agent.docker;

import com.github.dockerjava.api.model.AuthConfig;
import com.github.dockerjava.api.model.AuthConfigurations;
import com.github.dockerjava.core.DockerClientConfig;
import com.github.dockerjava.core.RemoteApiVersion;
import com.github.dockerjava.core.SSLConfig;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * Says where the engine is and nothing else. docker-java's own configuration also looks into the
 * environment, into properties and into the home folder; an agent must not depend on those.
 */
@SuppressWarnings({"NullAway", "deprecation"}) // the interface asks for nulls and old types
record PlainClientConfig(URI dockerHost, RemoteApiVersion version) implements DockerClientConfig {
  @Override
  public URI getDockerHost() {
    return dockerHost;
  }

  @Override
  public RemoteApiVersion getApiVersion() {
    return version;
  }

  @Override
  public @Nullable String getRegistryUsername() {
    return null;
  }

  @Override
  public @Nullable String getRegistryPassword() {
    return null;
  }

  @Override
  public @Nullable String getRegistryEmail() {
    return null;
  }

  @Override
  public String getRegistryUrl() {
    return AuthConfig.DEFAULT_SERVER_ADDRESS;
  }

  @Override
  public @Nullable AuthConfig effectiveAuthConfig(String imageName) {
    return null;
  }

  @Override
  public AuthConfigurations getAuthConfigurations() {
    return new AuthConfigurations();
  }

  @Override
  public @Nullable SSLConfig getSSLConfig() {
    return null;
  }
}
