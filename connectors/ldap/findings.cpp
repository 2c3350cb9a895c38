#include "connectors/ldap/findings.hpp"

#include "connectors/ldap/directory.hpp"

namespace entsync::ldap {
namespace {

Problem error(const char* code, const std::string& item, std::string what, std::string remedy) {
  return {Severity::error, code, {{}, 0, item}, std::move(what), std::move(remedy)};
}

Problem explain_result(int code, const std::string& item) {
  const std::string name = std::string(result_name(code)) + ", " + std::to_string(code);
  switch (code) {
    case LDAP_REFERRAL:
      return explain_referral(item);
    case LDAP_NO_SUCH_OBJECT:
    case LDAP_INVALID_DN_SYNTAX:
      return error(
          "LDAP-032", item, "the directory has no such base (" + name + ")",
          "correct [tree] in the configuration, or create the base entry; an ACL that does "
          "not even disclose it looks the same");
    case LDAP_SIZELIMIT_EXCEEDED:
    case LDAP_TIMELIMIT_EXCEEDED:
    case LDAP_ADMINLIMIT_EXCEEDED:
      return error("LDAP-033", item,
                   "the server stopped the search at its own limit (" + name +
                       "); what was read is incomplete and not used",
                   "give the service account its own limits on the server, in slapd: "
                   "limits dn.exact=\"<account>\" size=unlimited time=unlimited");
    case LDAP_INSUFFICIENT_ACCESS:
    case LDAP_CONFIDENTIALITY_REQUIRED:
    case LDAP_STRONG_AUTH_REQUIRED:
      return error(
          "LDAP-034", item, "the service account may not read this (" + name + ")",
          "give the service account read access to the branches and to entryCSN, and check "
          "how it binds");
    default:
      return error("LDAP-039", item, "the server refused to answer (" + name + ")",
                   "look at the server's log at this time; the run can be repeated");
  }
}

}  // namespace

Problem explain_referral(const std::string& item) {
  return error(
      "LDAP-035", item,
      "the server refers to another server for a part of the tree; referrals are not followed",
      "use the address of the server that holds the whole tree and accepts writes");
}

Problem explain_failure(const Reply& reply, const std::string& item) {
  switch (reply.ending) {
    case Ending::answered:
      return explain_result(reply.code, item);
    case Ending::timed_out:
      return error("LDAP-021", item, reply.client_text,
                   "check the server and the network; the run can be repeated");
    case Ending::dismissed:
      return error("LDAP-023", item, reply.client_text,
                   "the server is being stopped or overloaded; repeat the run when it is back");
    case Ending::garbled:
      return error(
          "LDAP-024", item, reply.client_text,
          "check that the address is the one of an LDAP server and which proxies are between");
    case Ending::not_sent:
      return error("LDAP-025", item, reply.client_text, "check [tree] and the rules");
    case Ending::cancelled:
    case Ending::closed:
      return error("LDAP-026", item, reply.client_text,
                   "run again; without a stop on request this is a defect of entsync: report it");
    case Ending::lost:
      break;
  }
  return error("LDAP-020", item, reply.client_text,
               "check the server and the network; the run can be repeated");
}

}  // namespace entsync::ldap
