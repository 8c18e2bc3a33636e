/**
 * YAML text as a small tree that knows where everything stands. Entry class: {@link
 * dev.bumpless.manifest.yaml.YamlReader}; the way back is {@link
 * dev.bumpless.manifest.yaml.YamlText}. The only package that reads YAML with a library.
 */
@NullMarked
package dev.bumpless.manifest.yaml;

import org.jspecify.annotations.NullMarked;
