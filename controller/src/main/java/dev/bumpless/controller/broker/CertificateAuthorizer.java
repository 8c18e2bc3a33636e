package dev.bumpless.controller.broker;

import com.hivemq.extension.sdk.api.auth.PublishAuthorizer;
import com.hivemq.extension.sdk.api.auth.SubscriptionAuthorizer;
import com.hivemq.extension.sdk.api.auth.parameter.PublishAuthorizerInput;
import com.hivemq.extension.sdk.api.auth.parameter.PublishAuthorizerOutput;
import com.hivemq.extension.sdk.api.auth.parameter.SubscriptionAuthorizerInput;
import com.hivemq.extension.sdk.api.auth.parameter.SubscriptionAuthorizerOutput;
import com.hivemq.extension.sdk.api.packets.publish.AckReasonCode;
import com.hivemq.extension.sdk.api.packets.publish.PublishPacket;
import com.hivemq.extension.sdk.api.packets.subscribe.SubackReasonCode;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** Asks {@link Rights} about each packet; the client id is proven by then. */
final class CertificateAuthorizer implements PublishAuthorizer, SubscriptionAuthorizer {
  private static final Logger LOG = System.getLogger(CertificateAuthorizer.class.getName());

  @Override
  public void authorizePublish(PublishAuthorizerInput input, PublishAuthorizerOutput output) {
    String client = input.getClientInformation().getClientId();
    PublishPacket packet = input.getPublishPacket();
    if (Rights.of(client).mayPublish(packet.getTopic(), packet.getRetain())) {
      output.authorizeSuccessfully();
      return;
    }
    LOG.log(
        Level.WARNING,
        "broker denied {0} to publish to {1} (retained: {2})",
        client,
        packet.getTopic(),
        packet.getRetain());
    output.failAuthorization(AckReasonCode.NOT_AUTHORIZED, "topic not allowed");
  }

  @Override
  public void authorizeSubscribe(
      SubscriptionAuthorizerInput input, SubscriptionAuthorizerOutput output) {
    String client = input.getClientInformation().getClientId();
    String filter = input.getSubscription().getTopicFilter();
    if (Rights.of(client).maySubscribe(filter)) {
      output.authorizeSuccessfully();
      return;
    }
    LOG.log(Level.WARNING, "broker denied {0} to subscribe to {1}", client, filter);
    output.failAuthorization(SubackReasonCode.NOT_AUTHORIZED, "filter not allowed");
  }
}
