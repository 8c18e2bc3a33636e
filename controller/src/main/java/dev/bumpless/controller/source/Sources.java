package dev.bumpless.controller.source;

import dev.bumpless.controller.problem.Problem;
import java.util.List;
import java.util.Optional;

/** Every source that the configuration names, in its order. */
public record Sources(List<Source> all) {

  public Sources {
    all = List.copyOf(all);
  }

  public Source require(SourceName name) {
    return find(name)
        .orElseThrow(
            () ->
                Problem.of(
                    Problem.Code.NOT_FOUND,
                    "no such source: " + name,
                    "see `bumpless get sources`; they are in the key 'sources' of"
                        + " controller.yaml"));
  }

  public Optional<Source> find(SourceName name) {
    return all.stream().filter(source -> source.name().equals(name)).findFirst();
  }
}
