package dev.bumpless.controller.link;

/** A message to be sent once what led to it is stored. */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Outgoing(String topic, byte[] payload) {}
