/// Values that options of several programs take: an address with a port, a secret in a file.
#include <sys/stat.h>

#include <cerrno>
#include <cstdlib>
#include <fstream>

#include "common/config.h"

namespace mail
{
namespace
{

constexpr std::size_t kMaxSecretFileBytes = 64 * 1024;

}  // namespace

Result<HostPort> parse_host_port(std::string_view text)
{
    const Error malformed{ErrorKind::malformed, "not HOST:PORT: " + std::string(text)};
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos || colon == 0) return malformed;
    std::string_view host = text.substr(0, colon);
    const std::string_view port = text.substr(colon + 1);
    const bool bracketed = host.front() == '[' && host.back() == ']' && host.size() > 2;
    if (bracketed)
        host = host.substr(1, host.size() - 2);
    else if (host.find(':') != std::string_view::npos)
        return Error{ErrorKind::malformed,
                     "an IPv6 address wants brackets, [::1]:25: " + std::string(text)};
    unsigned long number = 0;
    for (const char c : port) {
        if (c < '0' || c > '9' || number > 65535) return malformed;
        number = number * 10 + static_cast<unsigned long>(c - '0');
    }
    if (port.empty() || number == 0 || number > 65535) return malformed;
    return HostPort{std::string(host), static_cast<unsigned short>(number)};
}

Result<std::string> read_secret_file(const std::string& path)
{
    const char* credentials = std::getenv("CREDENTIALS_DIRECTORY");
    const bool by_name = path.find('/') == std::string::npos && credentials != nullptr;
    const std::string file = by_name ? std::string(credentials) + "/" + path : path;
    struct stat status {
    };
    if (::stat(file.c_str(), &status) != 0)
        return Error{ErrorKind::temporary, "read secret file " + file, errno};
    if ((status.st_mode & 0007) != 0)
        return Error{ErrorKind::refused,
                     "secret file " + file + " is open to everyone: chmod 0640 " + file};
    std::ifstream input(file);
    std::string text(kMaxSecretFileBytes + 1, '\0');
    input.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(input.gcount()));
    if (input.bad() || text.empty())
        return Error{ErrorKind::malformed, "secret file " + file + " is empty or cannot be read"};
    if (text.size() > kMaxSecretFileBytes)
        return Error{ErrorKind::malformed, "secret file " + file + " is over 64 KiB"};
    return text;
}

Result<std::string> read_secret(const std::string& path)
{
    auto text = read_secret_file(path);
    if (!text) return text;
    std::string secret = text->substr(0, text->find('\n'));
    if (secret.ends_with('\r')) secret.pop_back();
    if (secret.empty())
        return Error{ErrorKind::malformed, "secret file " + path + " is empty or cannot be read"};
    return secret;
}

}  // namespace mail
