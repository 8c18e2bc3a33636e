package dev.bumpless.controller.broker;

import com.hivemq.extension.sdk.api.auth.SimpleAuthenticator;
import com.hivemq.extension.sdk.api.auth.parameter.SimpleAuthInput;
import com.hivemq.extension.sdk.api.auth.parameter.SimpleAuthOutput;
import com.hivemq.extension.sdk.api.client.parameter.ClientTlsInformation;
import com.hivemq.extension.sdk.api.packets.connect.ConnackReasonCode;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

/** Lets in whoever holds a certificate of our CA and calls himself what it calls him. */
final class CertificateAuthenticator implements SimpleAuthenticator {
  private static final Logger LOG = System.getLogger(CertificateAuthenticator.class.getName());

  @Override
  public void onConnect(SimpleAuthInput input, SimpleAuthOutput output) {
    String clientId = input.getConnectPacket().getClientId();
    Optional<String> name =
        input
            .getConnectionInformation()
            .getClientTlsInformation()
            .flatMap(ClientTlsInformation::getClientCertificate)
            .flatMap(CertificateAuthenticator::commonName);
    if (name.isEmpty() || !name.get().equals(clientId) || !isSomebody(clientId)) {
      LOG.log(
          Level.WARNING,
          "broker refused a connection: client id {0}, certificate {1}",
          clientId,
          name.orElse("without one common name"));
      output.failAuthentication(
          ConnackReasonCode.NOT_AUTHORIZED, "client id must be the certificate's common name");
      return;
    }
    boolean mayLeaveWill =
        input
            .getConnectPacket()
            .getWillPublish()
            .map(will -> Rights.of(clientId).mayLeaveWill(will.getTopic()))
            .orElse(true);
    if (!mayLeaveWill) {
      LOG.log(Level.WARNING, "broker refused {0}: a will to a topic that is not its own", clientId);
      output.failAuthentication(ConnackReasonCode.NOT_AUTHORIZED, "will not allowed");
      return;
    }
    output.authenticateSuccessfully();
  }

  private static boolean isSomebody(String name) {
    try {
      Rights.of(name);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** The one common name of a certificate; empty where it has none or several. */
  static Optional<String> commonName(X509Certificate certificate) {
    try {
      List<String> names =
          new LdapName(certificate.getSubjectX500Principal().getName())
              .getRdns().stream()
                  .filter(rdn -> rdn.getType().equalsIgnoreCase("CN"))
                  .map(Rdn::getValue)
                  .map(String::valueOf)
                  .toList();
      return names.size() == 1 ? Optional.of(names.get(0)) : Optional.empty();
    } catch (InvalidNameException e) {
      return Optional.empty();
    }
  }
}
