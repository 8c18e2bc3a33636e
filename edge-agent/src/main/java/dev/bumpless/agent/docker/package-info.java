/**
 * The Docker engine behind the seams {@code ContainerEngine} and {@code ImageStore} of the heart:
 * containers, networks and images of one label space. Entry class: {@link
 * dev.bumpless.agent.docker.DockerEngine}; commands in containers are run by {@code DockerExec}
 * and, with streams, {@code StreamedExec}. Built by {@code Device} alone. The only package that
 * knows docker-java.
 */
@NullMarked
package dev.bumpless.agent.docker;

import org.jspecify.annotations.NullMarked;
