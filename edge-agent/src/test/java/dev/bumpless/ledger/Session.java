package dev.bumpless.ledger;

/** What the clients of one run share. */
record Session(Loop loop, Options options, Versions versions) {

  /** Counts the request as lost, and gives up its connection, when no answer comes in time. */
  void limit(Request request, Account account, Runnable giveUp) {
    long timeout = options.timeout().toNanos();
    loop.at(
        request.due() + timeout,
        () -> {
          if (request.isOpen()) {
            account.failed(
                request,
                Reason.TIMEOUT,
                "no answer within " + options.timeout().toMillis() + " ms");
            giveUp.run();
          }
        });
  }
}
