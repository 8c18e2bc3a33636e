package dev.bumpless.agent.swap;

import dev.bumpless.manifest.AppName;
import java.util.List;

/** What runs on the device and who serves, as of a moment ago. */
record ObservedDevice(List<ObservedContainer> containers, RouteTable table) {
  ObservedDevice {
    containers = List.copyOf(containers);
  }

  List<ObservedContainer> of(AppName app) {
    return containers.stream().filter(c -> c.instance().app().equals(app)).toList();
  }
}
