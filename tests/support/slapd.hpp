#pragma once
/// A private slapd for tests: its own folder, its own sockets, gone with the object. Starts the
/// machine's /usr/sbin/slapd in the foreground as a child, with the ENT schema of the project, one
/// mdb database and the indexes that the operator is asked to have.
///
///   Slapd slapd;                                   // listens when the constructor returns
///   options.uri = slapd.ldapi_uri();               // bind EXTERNAL: the current user is the
///   rootdn
///
/// The base entry, one organizational unit per branch and a service account are there from the
/// start; more is loaded offline with `options.ldif`. The rootdn knows no limits and no ACL: to see
/// either, bind as the service account (`service_dn()`, `service_password`).

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "support/certificates.hpp"
#include "support/folder.hpp"

namespace entsync::test {

struct SlapdOptions {
  std::string suffix = "dc=ent,dc=example,dc=fr";                       ///< of two or more dc=
  std::vector<std::string> branches{"people", "structures", "groups"};  ///< ou= below the suffix
  std::string ldif{};  ///< loaded after the base entries, by slapadd -q

  std::string size_limit =
      "unlimited";  ///< of everybody but the rootdn; slapd's own default is 500
  /// slapd.conf lines `access to …`, before the default, which lets the service account write and
  /// everybody read.
  std::string access{};
  bool access_log = false;  ///< overlay accesslog, in cn=accesslog, with old values
  bool no_sync = true;      ///< dbnosync: six times as many writes a second; off to test crashes
  std::string global{};     ///< further slapd.conf lines, before the databases
  std::string database{};   ///< further lines of the main database, overlays included

  bool tcp = false;  ///< also ldap://127.0.0.1:port, with StartTLS when there is a certificate
  std::shared_ptr<const Certificate> certificate{};  ///< also ldaps://127.0.0.1:port
  std::string client_ca_pem{};                       ///< demands and verifies client certificates
};

class Slapd {
 public:
  explicit Slapd(SlapdOptions options = {});
  ~Slapd();
  Slapd(const Slapd&) = delete;
  Slapd& operator=(const Slapd&) = delete;

  /// After stop() or kill(): the same data again, on the same addresses.
  void start();
  /// SIGTERM, and waits for the end.
  void stop();
  /// SIGKILL, as a crash.
  void kill();

  [[nodiscard]] std::string ldapi_uri() const;
  [[nodiscard]] std::string ldap_uri() const;
  [[nodiscard]] std::string ldaps_uri() const;
  [[nodiscard]] const std::string& suffix() const { return options_.suffix; }
  [[nodiscard]] std::string root_dn() const { return "cn=admin," + options_.suffix; }
  [[nodiscard]] std::string service_dn() const { return "cn=service," + options_.suffix; }
  static constexpr std::string_view service_password = "not-a-secret";

  /// Somebody else's hand: runs ldapmodify (adds, changes, deletes as the LDIF says) as the rootdn
  /// and returns its exit code.
  int modify(std::string_view ldif) const;
  /// ldapsearch -LLL as the rootdn, below `base`: the entries as LDIF, unwrapped.
  [[nodiscard]] std::string search(const std::string& base, const std::string& filter,
                                   const std::vector<std::string>& attributes = {}) const;

  [[nodiscard]] const std::filesystem::path& folder() const { return folder_.path(); }
  [[nodiscard]] pid_t pid() const { return pid_; }

 private:
  void write_configuration();
  void load() const;
  [[nodiscard]] bool launch();
  void end(int signal);

  SlapdOptions options_;
  Folder folder_;
  int port_ = 0;
  int tls_port_ = 0;
  pid_t pid_ = -1;
};

}  // namespace entsync::test
