#include "common/users/users_file.h"

#include <crypt.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <optional>
#include <set>

namespace mail
{
namespace
{

using mail::Error;
using mail::ErrorKind;
using mail::Result;

constexpr std::size_t kMaxNameBytes = 256;

/// A method of crypt(3) that is still strong, and how long the digest at the end of its hashes is.
struct Method {
    std::string_view prefix;
    std::size_t digest_chars;
};

// clang-format off
constexpr Method kMethods[] = {
    {"$y$",  43},
    {"$2b$", 53},
    {"$2y$", 53},
    {"$2a$", 53},
    {"$6$",  86},
    {"$5$",  43},
    {"$7$",  43},
};
// clang-format on

bool is_hash_character(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' ||
           c == '/';
}

/// bcrypt's cost: over 17 one login would take minutes of a processor.
bool is_bearable(const std::string& hash)
{
    if (!hash.starts_with("$2")) return true;
    const std::string cost = hash.substr(4, 2);
    return hash.size() == 60 && cost >= "04" && cost <= "17" && hash[6] == '$';
}

std::optional<std::string> fault_of_hash(const std::string& hash)
{
    const auto method =
        std::find_if(std::begin(kMethods), std::end(kMethods),
                     [&](const Method& one) { return hash.starts_with(one.prefix); });
    if (method == std::end(kMethods) || ::crypt_checksalt(hash.c_str()) != CRYPT_SALT_OK)
        return "the hash is of no kind that is taken here: make one with `htpasswd -nB NAME` or "
               "`mkpasswd -m yescrypt`";
    const std::string digest = hash.substr(hash.rfind('$') + 1);
    if (digest.size() != method->digest_chars ||
        !std::all_of(digest.begin(), digest.end(), is_hash_character))
        return "the hash is cut short or has something behind it";
    if (!is_bearable(hash)) return "the cost of the bcrypt hash is not from 04 to 17";
    return std::nullopt;
}

std::optional<std::string> fault_of_name(std::string_view name)
{
    if (name.empty()) return "the name is empty";
    if (name.size() > kMaxNameBytes) return "the name is over 256 bytes";
    const bool controls = std::any_of(name.begin(), name.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte < 0x20 || byte == 0x7f;
    });
    if (controls) return "a control character is in the name";
    return std::nullopt;
}

/// The line's entry, or what is wrong with it.
Result<UserEntry> parse_line(std::string_view line)
{
    const auto colon = line.find(':');
    if (colon == std::string_view::npos)
        return Error{ErrorKind::malformed, "no colon: name:hash is wanted"};
    UserEntry entry{std::string(line.substr(0, colon)), std::string(line.substr(colon + 1))};
    if (const auto fault = fault_of_name(entry.name)) return Error{ErrorKind::malformed, *fault};
    if (const auto fault = fault_of_hash(entry.hash)) return Error{ErrorKind::malformed, *fault};
    return entry;
}

Error at_line(int number, const std::string& fault)
{
    return {ErrorKind::malformed, "line " + std::to_string(number) + ": " + fault};
}

std::string file_of(const std::string& path)
{
    const char* credentials = std::getenv("CREDENTIALS_DIRECTORY");
    if (credentials == nullptr || path.find('/') != std::string::npos) return path;
    return std::string(credentials) + "/" + path;
}

}  // namespace

Result<std::vector<UserEntry>> parse_users(std::string_view text)
{
    std::vector<UserEntry> users;
    std::set<std::string> names;
    for (int number = 1; !text.empty(); ++number) {
        const auto end = text.find('\n');
        std::string_view line = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (line.empty() || line.front() == '#') continue;
        auto entry = parse_line(line);
        if (!entry) return at_line(number, entry.error().step);
        if (!names.insert(entry->name).second)
            return at_line(number, "the name " + entry->name + " is there twice");
        users.push_back(std::move(*entry));
    }
    if (users.empty()) return Error{ErrorKind::malformed, "no user is in it"};
    return users;
}

Result<std::vector<UserEntry>> read_users_file(const std::string& path)
{
    const std::string file = file_of(path);
    struct stat status {
    };
    if (::stat(file.c_str(), &status) != 0)
        return Error{ErrorKind::temporary, "read the users file " + file, errno};
    if ((status.st_mode & 0007) != 0)
        return Error{ErrorKind::refused,
                     "the users file " + file + " is open to everyone: chmod 0640 " + file};
    if (!S_ISREG(status.st_mode) || static_cast<std::size_t>(status.st_size) > kMaxUsersFileBytes)
        return Error{ErrorKind::refused,
                     "the users file " + file + " is no plain file of at most 1 MiB"};
    std::ifstream input(file, std::ios::binary);
    if (!input) return Error{ErrorKind::temporary, "read the users file " + file, errno};
    const std::string text(std::istreambuf_iterator<char>(input), {});
    auto users = parse_users(text);
    if (!users) users.error().step = "users file " + file + ": " + users.error().step;
    return users;
}

}  // namespace mail
