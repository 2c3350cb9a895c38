#include <ldap.h>

#include "connectors/ldap/directory.hpp"

namespace entsync::ldap {

/// RFC 4511 appendix A, RFC 3909, RFC 4528; negative codes are libldap's own (ldap.h).
std::string_view result_name(int code) {
  switch (code) {
    case LDAP_SUCCESS:
      return "success";
    case LDAP_OPERATIONS_ERROR:
      return "operationsError";
    case LDAP_PROTOCOL_ERROR:
      return "protocolError";
    case LDAP_TIMELIMIT_EXCEEDED:
      return "timeLimitExceeded";
    case LDAP_SIZELIMIT_EXCEEDED:
      return "sizeLimitExceeded";
    case LDAP_COMPARE_FALSE:
      return "compareFalse";
    case LDAP_COMPARE_TRUE:
      return "compareTrue";
    case LDAP_AUTH_METHOD_NOT_SUPPORTED:
      return "authMethodNotSupported";
    case LDAP_STRONG_AUTH_REQUIRED:
      return "strongerAuthRequired";
    case LDAP_REFERRAL:
      return "referral";
    case LDAP_ADMINLIMIT_EXCEEDED:
      return "adminLimitExceeded";
    case LDAP_UNAVAILABLE_CRITICAL_EXTENSION:
      return "unavailableCriticalExtension";
    case LDAP_CONFIDENTIALITY_REQUIRED:
      return "confidentialityRequired";
    case LDAP_SASL_BIND_IN_PROGRESS:
      return "saslBindInProgress";
    case LDAP_NO_SUCH_ATTRIBUTE:
      return "noSuchAttribute";
    case LDAP_UNDEFINED_TYPE:
      return "undefinedAttributeType";
    case LDAP_INAPPROPRIATE_MATCHING:
      return "inappropriateMatching";
    case LDAP_CONSTRAINT_VIOLATION:
      return "constraintViolation";
    case LDAP_TYPE_OR_VALUE_EXISTS:
      return "attributeOrValueExists";
    case LDAP_INVALID_SYNTAX:
      return "invalidAttributeSyntax";
    case LDAP_NO_SUCH_OBJECT:
      return "noSuchObject";
    case LDAP_ALIAS_PROBLEM:
      return "aliasProblem";
    case LDAP_INVALID_DN_SYNTAX:
      return "invalidDNSyntax";
    case LDAP_ALIAS_DEREF_PROBLEM:
      return "aliasDereferencingProblem";
    case LDAP_INAPPROPRIATE_AUTH:
      return "inappropriateAuthentication";
    case LDAP_INVALID_CREDENTIALS:
      return "invalidCredentials";
    case LDAP_INSUFFICIENT_ACCESS:
      return "insufficientAccessRights";
    case LDAP_BUSY:
      return "busy";
    case LDAP_UNAVAILABLE:
      return "unavailable";
    case LDAP_UNWILLING_TO_PERFORM:
      return "unwillingToPerform";
    case LDAP_LOOP_DETECT:
      return "loopDetect";
    case LDAP_NAMING_VIOLATION:
      return "namingViolation";
    case LDAP_OBJECT_CLASS_VIOLATION:
      return "objectClassViolation";
    case LDAP_NOT_ALLOWED_ON_NONLEAF:
      return "notAllowedOnNonLeaf";
    case LDAP_NOT_ALLOWED_ON_RDN:
      return "notAllowedOnRDN";
    case LDAP_ALREADY_EXISTS:
      return "entryAlreadyExists";
    case LDAP_NO_OBJECT_CLASS_MODS:
      return "objectClassModsProhibited";
    case LDAP_AFFECTS_MULTIPLE_DSAS:
      return "affectsMultipleDSAs";
    case LDAP_OTHER:
      return "other";
    case LDAP_CANCELLED:
      return "canceled";
    case LDAP_ASSERTION_FAILED:
      return "assertionFailed";
    case LDAP_SERVER_DOWN:
      return "connectionLost";
    case LDAP_LOCAL_ERROR:
      return "localError";
    case LDAP_ENCODING_ERROR:
      return "encodingError";
    case LDAP_DECODING_ERROR:
      return "decodingError";
    case LDAP_TIMEOUT:
      return "timeout";
    case LDAP_FILTER_ERROR:
      return "filterError";
    case LDAP_PARAM_ERROR:
      return "parameterError";
    case LDAP_NO_MEMORY:
      return "noMemory";
    case LDAP_CONNECT_ERROR:
      return "connectError";
    default:
      return "unknownResult";
  }
}

}  // namespace entsync::ldap
