#include "support/slapd.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace entsync::test {
namespace {

constexpr const char* slapd_path = "/usr/sbin/slapd";
constexpr const char* slapadd_path = "/usr/sbin/slapadd";

struct Ran {
  int code = -1;
  std::string output;
};

void close_all(std::initializer_list<int> fds) {
  for (const int fd : fds)
    if (fd >= 0) ::close(fd);
}

std::vector<char*> pointers(const std::vector<std::string>& command) {
  std::vector<char*> arguments;
  for (const std::string& argument : command)
    arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  return arguments;
}

/// In the child: everything allocated beforehand, because other threads of the test may hold locks.
[[noreturn]] void become(const std::vector<char*>& arguments, int in, int out) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (in >= 0) ::dup2(in, STDIN_FILENO);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(out, STDERR_FILENO);
  ::execv(arguments.front(), arguments.data());
  ::_exit(127);
}

/// Runs a program to its end, `input` on its standard input.
Ran run(const std::vector<std::string>& command, std::string_view input) {
  std::array<int, 2> in{-1, -1};
  std::array<int, 2> out{-1, -1};
  if (::pipe2(in.data(), O_CLOEXEC) != 0 || ::pipe2(out.data(), O_CLOEXEC) != 0)
    throw std::runtime_error("no pipe");
  const std::vector<char*> arguments = pointers(command);
  const pid_t pid = ::fork();
  if (pid == 0) become(arguments, in[0], out[1]);
  close_all({in[0], out[1]});
  ::fcntl(in[1], F_SETFL, O_NONBLOCK);
  Ran ran;
  while (pid > 0) {
    std::array<pollfd, 2> fds{{{out[0], POLLIN, 0}, {in[1], POLLOUT, 0}}};
    if (::poll(fds.data(), in[1] < 0 ? 1 : 2, -1) < 0) break;
    if (in[1] >= 0 && fds[1].revents != 0) {
      const ssize_t count = ::write(in[1], input.data(), input.size());
      if (count > 0) input.remove_prefix(static_cast<std::size_t>(count));
      if (input.empty() || (count < 0 && errno != EAGAIN)) close_all({std::exchange(in[1], -1)});
    }
    if (fds[0].revents == 0) continue;
    std::array<char, 65'536> bytes;
    const ssize_t count = ::read(out[0], bytes.data(), bytes.size());
    if (count <= 0) break;
    ran.output.append(bytes.data(), static_cast<std::size_t>(count));
  }
  close_all({in[1], out[0]});
  int status = 0;
  if (pid > 0 && ::waitpid(pid, &status, 0) == pid && WIFEXITED(status))
    ran.code = WEXITSTATUS(status);
  return ran;
}

/// A port that is free now; the caller tries again when it is not any more.
int free_port() {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  int port = 0;
  if (::bind(socket, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
      getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) == 0)
    port = ntohs(address.sin_port);
  ::close(socket);
  return port;
}

bool accepts(const std::filesystem::path& path) {
  const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
  const bool accepted =
      ::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  ::close(socket);
  return accepted;
}

std::string url_encoded(const std::string& path) {
  std::string out;
  for (const char c : path) out += c == '/' ? "%2F" : std::string(1, c);
  return out;
}

std::string first_component(const std::string& suffix) {
  const std::size_t start = suffix.find('=') + 1;
  return suffix.substr(start, suffix.find(',') - start);
}

}  // namespace

Slapd::Slapd(SlapdOptions options) : options_(std::move(options)) {
  std::filesystem::create_directory(folder() / "data");
  std::filesystem::create_directory(folder() / "log");
  if (options_.certificate) {
    folder_.write("server.pem", options_.certificate->pem);
    folder_.write("server.key", options_.certificate->key_pem);
    folder_.write("client-ca.pem", options_.client_ca_pem);
  }
  write_configuration();
  load();
  start();
}

Slapd::~Slapd() {
  end(SIGTERM);
}

void Slapd::write_configuration() {
  std::ostringstream conf;
  for (const char* schema : {"core", "cosine", "inetorgperson"})
    conf << "include /etc/ldap/schema/" << schema << ".schema\n";
  conf << "include " << ENTSYNC_SOURCE_DIR << "/config/schema/ent-1d.schema\n"
       << "modulepath /usr/lib/ldap\nmoduleload back_mdb\n";
  if (options_.access_log) conf << "moduleload accesslog\n";
  conf << "pidfile " << (folder() / "slapd.pid").string() << "\n"
       << "sizelimit " << options_.size_limit << "\n"
       << "authz-regexp gidNumber=" << getegid() << "\\\\+uidNumber=" << geteuid()
       << ",cn=peercred,cn=external,cn=auth " << root_dn() << "\n";
  if (options_.certificate) {
    conf << "TLSCertificateFile " << (folder() / "server.pem").string() << "\n"
         << "TLSCertificateKeyFile " << (folder() / "server.key").string() << "\n";
    if (!options_.client_ca_pem.empty())
      conf << "TLSCACertificateFile " << (folder() / "client-ca.pem").string() << "\n"
           << "TLSVerifyClient demand\n";
  }
  conf << options_.global << "\n";
  if (options_.access_log)
    conf << "database mdb\nsuffix cn=accesslog\nrootdn " << root_dn() << "\ndirectory "
         << (folder() / "log").string() << "\nmaxsize 1073741824\ndbnosync\n"
         << "index reqStart,reqType,reqResult eq\n\n";
  conf << "database mdb\nsuffix " << options_.suffix << "\nrootdn " << root_dn() << "\ndirectory "
       << (folder() / "data").string() << "\nmaxsize 4294967296\n"
       << (options_.no_sync ? "dbnosync\n" : "")
       << "index objectClass,uid,ENTPersonJointure,ENTStructureUAI,member,entryCSN,entryUUID eq\n"
       << "access to attrs=userPassword by anonymous auth by * none\n"
       << options_.access << "\naccess to * by dn.exact=\"" << service_dn()
       << "\" write by * read\n"
       << options_.database << "\n";
  if (options_.access_log)
    conf << "overlay accesslog\nlogdb cn=accesslog\nlogops writes\nlogsuccess TRUE\n"
         << "logold (objectClass=*)\n";
  folder_.write("slapd.conf", conf.str());
}

void Slapd::load() const {
  std::ostringstream ldif;
  ldif << "dn: " << options_.suffix << "\nobjectClass: dcObject\nobjectClass: organization\ndc: "
       << first_component(options_.suffix) << "\no: test\n\n";
  for (const std::string& branch : options_.branches)
    ldif << "dn: ou=" << branch << "," << options_.suffix
         << "\nobjectClass: organizationalUnit\nou: " << branch << "\n\n";
  ldif << "dn: " << service_dn()
       << "\nobjectClass: applicationProcess\nobjectClass: simpleSecurityObject\ncn: service\n"
       << "userPassword: " << service_password << "\n\n"
       << options_.ldif;
  const std::filesystem::path file = folder_.write("base.ldif", ldif.str());
  const Ran ran = run({slapadd_path, "-q", "-f", (folder() / "slapd.conf").string(), "-b",
                       options_.suffix, "-l", file.string()},
                      "");
  if (ran.code != 0) throw std::runtime_error("slapadd failed: " + ran.output);
  std::filesystem::remove(file);
}

void Slapd::start() {
  constexpr int attempts = 5;  // another process may have taken the port meanwhile
  const bool keeps_ports = port_ != 0;
  for (int attempt = 0; attempt < attempts; ++attempt) {
    if (!keeps_ports) port_ = free_port();
    if (!keeps_ports) tls_port_ = free_port();
    if (launch()) return;
  }
  std::ifstream log(folder() / "slapd.log");
  std::ostringstream text;
  text << log.rdbuf();
  throw std::runtime_error("slapd does not start: " + text.str());
}

bool Slapd::launch() {
  std::string addresses = ldapi_uri();
  if (options_.tcp) addresses += " " + ldap_uri();
  if (options_.certificate) addresses += " ldaps://127.0.0.1:" + std::to_string(tls_port_);
  const std::vector<std::string> command{
      slapd_path, "-d", "0", "-h", addresses, "-f", (folder() / "slapd.conf").string()};
  const std::vector<char*> arguments = pointers(command);
  const int log =
      ::open((folder() / "slapd.log").c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
  std::filesystem::remove(folder() / "ldapi");
  pid_ = ::fork();
  if (pid_ == 0) become(arguments, -1, log);
  ::close(log);
  constexpr int tries = 5'000;
  for (int i = 0; i < tries; ++i) {
    if (accepts(folder() / "ldapi")) return true;
    if (::waitpid(pid_, nullptr, WNOHANG) == pid_) break;
    ::poll(nullptr, 0, 2);
  }
  end(SIGKILL);
  return false;
}

void Slapd::end(int signal) {
  if (pid_ <= 0) return;
  // A child that launch() has already waited for is not there any more: ESRCH, ECHILD.
  if (::kill(pid_, signal) == 0) ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

void Slapd::stop() {
  end(SIGTERM);
}
void Slapd::kill() {
  end(SIGKILL);
}

std::string Slapd::ldapi_uri() const {
  return "ldapi://" + url_encoded((folder() / "ldapi").string());
}
std::string Slapd::ldap_uri() const {
  return "ldap://127.0.0.1:" + std::to_string(port_);
}
std::string Slapd::ldaps_uri() const {
  return "ldaps://127.0.0.1:" + std::to_string(tls_port_);
}

int Slapd::modify(std::string_view ldif) const {
  return run({"/usr/bin/ldapmodify", "-Q", "-Y", "EXTERNAL", "-H", ldapi_uri()}, ldif).code;
}

std::string Slapd::search(const std::string& base, const std::string& filter,
                          const std::vector<std::string>& attributes) const {
  std::vector<std::string> command{
      "/usr/bin/ldapsearch", "-Q", "-Y",        "EXTERNAL", "-LLL", "-o",
      "ldif-wrap=no",        "-H", ldapi_uri(), "-b",       base,   filter};
  command.insert(command.end(), attributes.begin(), attributes.end());
  const Ran ran = run(command, "");
  if (ran.code != 0) throw std::runtime_error("ldapsearch failed: " + ran.output);
  return ran.output;
}

}  // namespace entsync::test
