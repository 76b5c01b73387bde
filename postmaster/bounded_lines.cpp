#include "postmaster/bounded_lines.h"

namespace postmaster
{

using mail::Done;
using mail::ErrorKind;
using mail::Result;

namespace
{

/// Up to its last line end: what is behind it is torn.
std::string_view whole_part(std::string_view content)
{
    const auto last = content.rfind('\n');
    return content.substr(0, last == content.npos ? 0 : last + 1);
}

}  // namespace

std::vector<std::string_view> whole_lines(std::string_view content)
{
    std::vector<std::string_view> lines;
    for (auto rest = whole_part(content); !rest.empty();) {
        const auto end = rest.find('\n');
        if (end > 0) lines.push_back(rest.substr(0, end));
        rest.remove_prefix(end + 1);
    }
    return lines;
}

std::string_view newer_lines(std::string_view content, std::uint64_t bytes)
{
    const auto whole = whole_part(content);
    if (whole.size() <= bytes) return whole;
    const auto before = whole.find('\n', whole.size() - bytes - 1);
    return whole.substr(before + 1);
}

Result<std::string> read_bounded_lines(const std::string& path, std::uint64_t max_bytes,
                                       mail::Files& files)
{
    auto content = files.read_all(path, 2 * max_bytes);
    if (content || content.error().kind != ErrorKind::missing) return content;
    return std::string();
}

BoundedLines::BoundedLines(std::string path, std::uint64_t max_bytes, mail::Files& files)
    : path_(std::move(path)), max_bytes_(max_bytes), files_(files)
{
}

Result<std::vector<std::string>> BoundedLines::open()
{
    auto content = read_bounded_lines(path_, max_bytes_, files_);
    if (!content && content.error().kind != ErrorKind::refused) return content.error();
    if (!content) {
        if (auto gone = replace({}); !gone) return gone.error();
        return std::vector<std::string>();
    }
    auto file = files_.open_for_update(path_);
    if (!file) return file.error();
    file_ = std::move(*file);
    end_ = whole_part(*content).size();
    if (auto ok = sync_name(); !ok) return ok.error();
    const auto lines = whole_lines(*content);
    return std::vector<std::string>(lines.begin(), lines.end());
}

Result<Done> BoundedLines::append(std::string_view line)
{
    const bool is_full = end_ + line.size() + 1 > max_bytes_;
    if (is_full || file_ == nullptr)
        if (auto ok = begin_anew(is_full ? max_bytes_ / 2 : max_bytes_); !ok) return ok;
    if (auto ok = file_->write_at(end_, std::string(line) + '\n'); !ok) return ok;
    if (auto ok = file_->sync_data(); !ok) {
        file_.reset();  // never synced again; what it held goes into a new one
        return ok;
    }
    end_ += line.size() + 1;
    return Done{};
}

/// With the newer lines of what is there.
Result<Done> BoundedLines::begin_anew(std::uint64_t bytes)
{
    auto content = read_bounded_lines(path_, max_bytes_, files_);
    if (!content) return content.error();
    return replace(newer_lines(std::string_view(*content).substr(0, end_), bytes));
}

/// Aside, synced, then under its name: a crash leaves the old file or the new one.
Result<Done> BoundedLines::replace(std::string_view content)
{
    const std::string aside = path_ + ".new";
    if (auto gone = files_.unlink(aside); !gone && gone.error().kind != ErrorKind::missing)
        return gone;
    auto file = files_.create_exclusive(aside);
    if (!file) return file.error();
    if (auto ok = (*file)->write_all(content); !ok) return ok;
    if (auto ok = (*file)->sync(); !ok) return ok;
    if (auto ok = files_.rename_over(aside, path_); !ok) return ok;
    file_ = std::move(*file);
    end_ = content.size();
    return sync_name();
}

Result<Done> BoundedLines::sync_name()
{
    return files_.sync_dir(path_.substr(0, path_.rfind('/')));
}

}  // namespace postmaster
