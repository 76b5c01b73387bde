#include "postmaster/mail_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>
#include <vector>

#include "common/spool/record.h"
#include "common/spool/spool_layout.h"

namespace postmaster
{
namespace
{

using mail::Done;
using mail::Error;
using mail::ErrorKind;
using mail::Result;

constexpr std::size_t kReadBytes = 256 * 1024;

/// Room for a file of LF lines, each an octet longer then, so that a large one is not copied about.
std::size_t room_for(int descriptor)
{
    struct stat status {
    };
    if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) return 0;
    const auto size = static_cast<std::size_t>(std::max<off_t>(status.st_size, 0));
    return size + size / 32 + kReadBytes;
}

Result<std::string> read_all(int descriptor, const std::string& name)
{
    CrlfText content;
    content.text().reserve(room_for(descriptor));
    std::vector<char> buffer(kReadBytes);
    for (;;) {
        const ssize_t got = ::read(descriptor, buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return Error{ErrorKind::temporary, "read " + name, errno};
        if (got == 0) return std::move(content.text());
        content.append({buffer.data(), static_cast<std::size_t>(got)});
    }
}

/// A record in place of its JSON; other files stay as they are.
Result<MailFile> decoded(const std::string& path, std::string content)
{
    const std::string name = path.substr(path.find_last_of('/') + 1);
    const auto in_spool = mail::SpoolLayout::parse(name);
    if ((!in_spool && !name.ends_with(".json")) || !content.starts_with('{'))
        return MailFile{std::move(content), {}};
    auto record =
        in_spool ? mail::decode_record(content, in_spool->id) : mail::decode_handed_record(content);
    if (!record) return std::move(record).error();
    return MailFile{std::move(record->content), std::move(record->envelope)};
}

}  // namespace

void CrlfText::append(std::string_view octets)
{
    while (!octets.empty()) {
        const auto end = octets.find('\n');
        const std::string_view line = octets.substr(0, end);
        text_ += line;
        if (!line.empty()) last_was_cr_ = line.back() == '\r';
        octets.remove_prefix(line.size());
        if (octets.empty()) break;
        text_ += last_was_cr_ ? "\n" : "\r\n";
        last_was_cr_ = false;
        octets.remove_prefix(1);
    }
}

Result<MailFile> read_mail_file(const std::string& path)
{
    const bool is_input = path == "-";
    const int descriptor = is_input ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return Error{ErrorKind::temporary, "read " + path, errno};
    auto content = read_all(descriptor, is_input ? "the standard input" : path);
    if (!is_input) ::close(descriptor);
    if (!content) return std::move(content).error();
    return decoded(path, std::move(*content));
}

}  // namespace postmaster
