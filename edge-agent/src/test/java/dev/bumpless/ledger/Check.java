package dev.bumpless.ledger;

/** Whether an answer with status 200 is the one that this request must get. */
interface Check {
  boolean accepts(Request request, HttpAnswer answer);

  /** The answer holds the request's own number. */
  static Check ownNumber() {
    return (request, answer) -> answer.body().contains(request.token());
  }

  /** The path cannot tell the number: any body that is not empty. */
  static Check anyBody() {
    return (request, answer) -> !answer.body().isEmpty();
  }

  /** The answer is what was sent, byte for byte. */
  static Check echo(String sent) {
    return (request, answer) -> answer.body().equals(sent);
  }
}
