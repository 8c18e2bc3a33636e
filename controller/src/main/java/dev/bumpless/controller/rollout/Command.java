package dev.bumpless.controller.rollout;

import dev.bumpless.manifest.App;
import dev.bumpless.manifest.AppName;
import dev.bumpless.manifest.ImageRef;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/** What an operator asks for: the closed set. */
public sealed interface Command {
  AppName app();

  /** In the words of REST. */
  String name();

  /** In the words of the CLI, for the history. */
  default String cause() {
    return name() + " " + app();
  }

  /** Run what this manifest says. */
  record Apply(App manifest) implements Command {
    @Override
    public AppName app() {
      return manifest.name();
    }

    @Override
    public String name() {
      return "apply";
    }
  }

  /** Run what was asked for last, with other images for some containers. */
  record SetImage(AppName app, Map<String, ImageRef> images) implements Command {
    public SetImage {
      images = Map.copyOf(images);
    }

    @Override
    public String cause() {
      return "set image "
          + app
          + images.entrySet().stream()
              .sorted(Map.Entry.comparingByKey())
              .map(e -> " " + e.getKey() + "=" + e.getValue())
              .collect(Collectors.joining());
    }

    @Override
    public String name() {
      return "setImage";
    }
  }

  /** Run an older release: the one named, or the one that ran before. */
  record Undo(AppName app, OptionalLong toCounter) implements Command {
    @Override
    public String cause() {
      return "rollout undo " + app + (toCounter.isPresent() ? " to " + toCounter.getAsLong() : "");
    }

    @Override
    public String name() {
      return "undo";
    }
  }

  /** Swap to new containers of the same release. */
  record Restart(AppName app) implements Command {
    @Override
    public String name() {
      return "restart";
    }
  }

  /** Stop the containers, keep everything else. */
  record Stop(AppName app) implements Command {
    @Override
    public String name() {
      return "stop";
    }
  }

  /** Run what was asked for before the stop. */
  record Start(AppName app) implements Command {
    @Override
    public String name() {
      return "start";
    }
  }

  /** Remove the app from the devices; named volumes stay. */
  record Delete(AppName app) implements Command {
    @Override
    public String name() {
      return "delete";
    }
  }
}
