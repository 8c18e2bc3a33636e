package dev.bumpless.protocol;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import java.util.Collection;
import java.util.Map;

/** What is wrong with a JSON text and where, for a person: no class names, none of the input. */
public final class JsonFault {
  private static final Map<String, String> FOUND =
      Map.of(
          "from Array value", "a list",
          "from Object value", "an object",
          "from String ", "a text",
          "from Integer value", "a whole number",
          "Integer value (", "a whole number",
          "loating-point value", "a number with a fraction",
          "Boolean value", "true or false",
          "Null value", "null",
          "`null`", "null");

  private JsonFault() {}

  public static String describe(JacksonException e) {
    return what(e) + where(e);
  }

  private static String what(JacksonException e) {
    if (e instanceof UnrecognizedPropertyException unknown) {
      Collection<Object> known = unknown.getKnownPropertyIds();
      return "unknown key '"
          + unknown.getPropertyName()
          + "'"
          + (known == null ? "" : ", expected one of " + words(known));
    }
    if (e instanceof StreamConstraintsException) {
      return firstSentence(e).replaceFirst(", from `.*", ")");
    }
    if (e instanceof MismatchedInputException mismatch && mismatch.getTargetType() != null) {
      return mismatch(mismatch, mismatch.getTargetType());
    }
    return firstSentence(e);
  }

  private static String mismatch(MismatchedInputException e, Class<?> wanted) {
    String message = firstSentence(e);
    if (message.startsWith("No content")) {
      return "it is empty";
    }
    return message.startsWith("Cannot") || message.startsWith("Null")
        ? "expected " + name(wanted) + found(String.valueOf(e.getOriginalMessage()))
        : message;
  }

  private static String name(Class<?> wanted) {
    if (Collection.class.isAssignableFrom(wanted)) {
      return "a list";
    }
    if (Map.class.isAssignableFrom(wanted) || wanted.isRecord()) {
      return "an object";
    }
    if (wanted == Boolean.class || wanted == boolean.class) {
      return "true or false";
    }
    if (wanted == Long.class
        || wanted == Integer.class
        || wanted == long.class
        || wanted == int.class) {
      return "a whole number";
    }
    return CharSequence.class.isAssignableFrom(wanted) ? "a text" : "another value";
  }

  /** Jackson names what it found in its sentence alone. */
  private static String found(String message) {
    return FOUND.entrySet().stream()
        .filter(word -> message.contains(word.getKey()))
        .findFirst()
        .map(word -> ", found " + word.getValue())
        .orElse("");
  }

  private static String words(Collection<Object> keys) {
    return String.join(", ", keys.stream().map(String::valueOf).sorted().toList());
  }

  private static String firstSentence(JacksonException e) {
    return String.valueOf(e.getOriginalMessage())
        .lines()
        .findFirst()
        .orElse("")
        .replaceFirst(" \\((set|start marker|although|for) .*", "");
  }

  private static String where(JacksonException e) {
    if (!(e instanceof JsonMappingException mapping) || mapping.getPath().isEmpty()) {
      return "";
    }
    StringBuilder path = new StringBuilder(" at ");
    for (JsonMappingException.Reference step : mapping.getPath()) {
      path.append(
          step.getFieldName() == null ? "[" + step.getIndex() + "]" : "." + step.getFieldName());
    }
    return path.toString();
  }
}
