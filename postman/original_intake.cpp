#include "postman/original_intake.h"

#include <algorithm>

#include "common/line_ends.h"
#include "common/log.h"
#include "common/spool/whole_file.h"
#include "postman/json_scan.h"

namespace postman
{
namespace
{

using mail::Done;
using mail::Result;

mail::SpoolId id_from_bytes(std::string_view raw)
{
    return *mail::SpoolId::parse(mail::sha256_hex(raw).substr(0, 32));
}

bool has_id(std::string_view raw)
{
    const auto members = json_members(raw);
    return members && json_value(*members, "id").data() != nullptr;
}

}  // namespace

Result<mail::Record> adopt_original(std::string_view raw)
{
    auto record = has_id(raw) ? mail::decode_handed_record(raw)
                              : mail::decode_record(raw, id_from_bytes(raw));
    if (!record) return record;
    record->content = mail::with_crlf_line_ends(record->content);
    record->sha256 = mail::sha256_hex(record->content);
    return record;
}

Result<Done> OriginalIntake::begin_answer(const std::string& name)
{
    name_ = fetched_dir() + "/" + name;
    written_ = 0;
    if (auto ok = files_.make_dir(fetched_dir()); !ok) return ok;
    auto file = files_.create_exclusive(name_ + ".part");
    if (!file) return std::move(file).error();
    file_ = std::move(*file);
    // Its name is durable before the first byte is asked for.
    return files_.sync_dir(fetched_dir());
}

bool OriginalIntake::add(std::string_view piece)
{
    const auto ok = file_->write_all(piece);
    if (!ok) mail::log::error("answer-not-written", {{"reason", ok.error().describe()}});
    written_ += piece.size();
    return bool(ok);
}

Result<Done> OriginalIntake::keep_answer()
{
    if (written_ == 0) {
        drop_answer();
        return Done{};
    }
    const auto file = std::move(file_);
    if (auto ok = file->sync(); !ok) return ok;
    if (auto ok = file->close(); !ok) return ok;
    if (auto ok = files_.rename_new(name_ + ".part", name_ + ".json"); !ok) return ok;
    return files_.sync_dir(fetched_dir());
}

void OriginalIntake::drop_answer()
{
    file_.reset();
    if (const auto ok = files_.unlink(name_ + ".part"); !ok)
        mail::log::warning("answer-not-removed", {{"reason", ok.error().describe()}});
}

Result<std::vector<std::string>> OriginalIntake::fetched_names()
{
    std::vector<std::string> names;
    if (auto ok = files_.make_dir(fetched_dir()); !ok) return std::move(ok).error();
    const auto listed = files_.list(fetched_dir(), [&](std::string_view name) {
        if (name.ends_with(".json") || name.ends_with(".part")) names.emplace_back(name);
    });
    if (!listed) return listed.error();
    std::sort(names.begin(), names.end());
    return names;
}

Result<OriginalIntake::Taken> OriginalIntake::take_in()
{
    Taken taken;
    const auto names = fetched_names();
    if (!names) return names.error();
    for (const std::string& name : *names)
        if (auto ok = take_in_file(name, taken); !ok) return std::move(ok).error();
    return taken;
}

Result<Done> OriginalIntake::take_in_file(const std::string& name, Taken& taken)
{
    const std::string path = fetched_dir() + "/" + name;
    const auto text = files_.read_all(path, 2 * kMaxOriginalAnswerBytes);
    if (!text) return text.error();
    Result<Done> stored = Done{};
    const auto sound = json_elements(*text, [&](std::string_view raw) {
        if (stored) stored = take_in_record(raw, taken);
    });
    if (!stored) return stored;
    // The mails are durable before their answer goes, and so is what was not sound.
    for (const std::string& directory : {layout_.messages_dir(), layout_.corrupt_dir()})
        if (auto ok = files_.sync_dir(directory); !ok) return ok;
    if (sound || text->empty()) {
        if (auto ok = files_.unlink(path); !ok) return ok;
    } else {
        mail::log::error("answer-cut", {{"path", layout_.corrupt_dir() + "/" + name},
                                        {"reason", sound.error().step},
                                        {"mails", taken.mails}});
        if (auto ok = files_.rename_over(path, layout_.corrupt_dir() + "/" + name); !ok) return ok;
        if (auto ok = files_.sync_dir(layout_.corrupt_dir()); !ok) return ok;
    }
    return files_.sync_dir(fetched_dir());
}

Result<Done> OriginalIntake::take_in_record(std::string_view raw, Taken& taken)
{
    const auto record = adopt_original(raw);
    if (record) {
        const auto json = mail::encode_record(*record);
        if (!json) return json.error();
        ++taken.mails;
        mail::log::info("fetched", {{"id", record->id.hex()},
                                    {"size", record->content.size()},
                                    {"from", record->envelope.reverse_path},
                                    {"recipients", record->envelope.recipients.size()}});
        return mail::write_whole_file(files_, layout_.incoming(record->id),
                                      layout_.message({record->id, false}), *json);
    }
    ++taken.unsound;
    const mail::SpoolId id = id_from_bytes(raw);
    const std::string name = mail::SpoolLayout::file_name({id, false});
    mail::log::error("record-unsound", {{"id", id.hex()},
                                        {"path", layout_.corrupt_dir() + "/" + name},
                                        {"reason", record.error().step}});
    return mail::write_whole_file(files_, layout_.incoming(id), layout_.corrupt_dir() + "/" + name,
                                  raw);
}

}  // namespace postman
