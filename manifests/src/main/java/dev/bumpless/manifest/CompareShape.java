package dev.bumpless.manifest;

import dev.bumpless.manifest.Compare.Document;
import dev.bumpless.manifest.shape.ListShape;
import dev.bumpless.manifest.shape.ObjectShapeBuilder;
import dev.bumpless.manifest.shape.Shape;
import dev.bumpless.manifest.shape.Texts;
import java.util.List;

/** What the key {@code compare} looks like. */
final class CompareShape {
  private CompareShape() {}

  static Shape<Compare> compare() {
    var of = new ObjectShapeBuilder<Compare>();
    var during =
        of.optional(
            "for",
            Limits.COMPARE,
            Compare::during,
            Compare.USUALLY,
            "How long the answers of both must agree before the flip.");
    var read =
        of.optional(
            "read",
            RegisterShape.any(),
            Compare::read,
            List.of(),
            "Values that are read beside those that are copied; input registers and discrete inputs"
                + " too.");
    var diverging =
        of.optional(
            "expectDivergence",
            RegisterShape.any(),
            Compare::expectDivergence,
            List.of(),
            "Values that may differ; never copied over the new version's.");
    var http =
        of.optional(
            "http",
            ListShape.of(document(), 0, Limits.DOCUMENTS),
            Compare::http,
            List.of(),
            "What a GET answers: its status, and what is named here.");
    return of.build(v -> new Compare(v.get(during), v.get(read), v.get(diverging), v.get(http)));
  }

  private static Shape<Document> document() {
    var of = new ObjectShapeBuilder<Document>();
    var container =
        of.required("container", ContainerShape.label(), Document::container, "Who is asked.");
    var port = of.required("port", Limits.PORT, Document::port, "Port in the container.");
    var path = of.required("path", HealthShape.path(), Document::path, "What is fetched.");
    var headers =
        of.optional(
            "headers",
            ListShape.unique(
                Texts.matching("a header's name", Document.HEADER, 256, ""), Limits.LIST_LENGTH),
            Document::headers,
            List.of(),
            "Headers whose values must agree.");
    var json =
        of.optional(
            "json",
            ListShape.unique(
                Texts.matching(
                    "a JSON pointer such as /status",
                    Document.POINTER,
                    Limits.PATH_LENGTH,
                    "it starts with '/', one for each step into the document"),
                Limits.LIST_LENGTH),
            Document::json,
            List.of(),
            "Pointers (RFC 6901) to the fields that must agree; none: the whole body must.");
    return of.build(
        v -> new Document(v.get(container), v.get(port), v.get(path), v.get(headers), v.get(json)));
  }
}
