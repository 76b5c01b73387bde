#include "postman/queue_notes.h"

#include <charconv>
#include <cstdio>
#include <optional>

#include "common/log.h"

namespace postman
{
namespace
{

constexpr std::uint64_t kMaxNoteBytes = std::uint64_t{64} << 20;

template <class Number>
std::optional<Number> number(std::string_view text, int base)
{
    Number value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::string_view take_word(std::string_view& line)
{
    const std::size_t end = line.find(' ');
    const std::string_view word = line.substr(0, end);
    line.remove_prefix(end == std::string_view::npos ? line.size() : end + 1);
    return word;
}

std::string hex(std::uint64_t value)
{
    char text[17];
    std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(value));
    return text;
}

}  // namespace

QueueNote parse_queue_note(std::string_view text)
{
    QueueNote note;
    for (std::size_t end; (end = text.find('\n')) != std::string_view::npos;
         text.remove_prefix(end + 1)) {
        std::string_view line = text.substr(0, end);
        const std::string_view kind = take_word(line);
        const auto recipient = number<std::uint64_t>(take_word(line), 16);
        if (!recipient) continue;
        if (kind == "refused" && line.empty()) note.refused.insert(*recipient);
        const auto second = number<std::int64_t>(line, 10);
        if (kind == "rests" && second) note.rests[*recipient] = *second;
    }
    return note;
}

std::string encode_queue_note(const QueueNote& note)
{
    std::string text;
    for (const std::uint64_t recipient : note.refused) text += "refused " + hex(recipient) + "\n";
    for (const auto& [recipient, second] : note.rests)
        text += "rests " + hex(recipient) + " " + std::to_string(second) + "\n";
    return text;
}

mail::Result<QueueNote> QueueNotes::of(const mail::SpoolId& id)
{
    const auto text = files_.read_all(path(id), kMaxNoteBytes);
    if (!text && text.error().kind == mail::ErrorKind::missing) return QueueNote{};
    if (!text) return text.error();
    return parse_queue_note(*text);
}

mail::Result<mail::Done> QueueNotes::write(const mail::SpoolId& id, const QueueNote& note)
{
    const std::string aside = path(id) + ".new";
    if (auto gone = files_.unlink(aside); !gone && gone.error().kind != mail::ErrorKind::missing)
        return gone;
    auto file = files_.create_exclusive(aside);
    if (!file) return std::move(file).error();
    if (auto ok = (*file)->write_all(encode_queue_note(note)); !ok) return ok;
    const bool must_last = !note.refused.empty();
    if (must_last)
        if (auto ok = (*file)->sync(); !ok) return ok;
    if (auto ok = (*file)->close(); !ok) return ok;
    if (auto ok = files_.rename_over(aside, path(id)); !ok) return ok;
    return must_last ? files_.sync_dir(directory_) : mail::Result<mail::Done>(mail::Done{});
}

void QueueNotes::drop(const mail::SpoolId& id)
{
    const auto gone = files_.unlink(path(id));
    if (!gone && gone.error().kind != mail::ErrorKind::missing)
        mail::log::warning("note-not-removed",
                           {{"id", id.hex()}, {"reason", gone.error().describe()}});
}

}  // namespace postman
