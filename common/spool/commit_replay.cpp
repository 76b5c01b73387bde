#include "common/spool/commit_replay.h"

#include <set>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "common/log.h"
#include "common/spool/commit_entries.h"

namespace mail
{
namespace
{

constexpr std::uint64_t kMaxFileBytes = 1ULL << 30;

Result<Done> gone_is_fine(Result<Done> result)
{
    if (!result && result.error().kind == ErrorKind::missing) return Done{};
    return result;
}

class Replay
{
public:
    Replay(const SpoolLayout& layout, Files& files) : layout_(layout), files_(files) {}

    Result<Done> write_aside();
    [[nodiscard]] std::size_t mails() const { return ids_.size(); }
    Result<Done> bring_back();
    Result<Done> drop_journal();

private:
    Result<std::vector<CommitEntry>> entries_in(const std::string& path);
    Result<Done> look_for_handed();
    std::string place_of(const SpoolId& id) const;
    bool has(const std::string& path) const { return files_.status(path).has_value(); }
    Result<Done> write_aside(const CommitEntry& entry);

    const SpoolLayout& layout_;
    Files& files_;
    std::unique_ptr<TreeSync> tree_;  // from before the first write on: it hears of all that fail
    std::unordered_set<SpoolId, SpoolId::Hash> ids_;
    std::unordered_map<SpoolId, std::string, SpoolId::Hash> handed_;  // its path there
    bool is_there_ = false;                                           // a file of the journal is
};

Result<std::vector<CommitEntry>> Replay::entries_in(const std::string& path)
{
    auto content = files_.read_all(path, kMaxFileBytes);
    if (!content && content.error().kind == ErrorKind::missing) return std::vector<CommitEntry>();
    if (!content) return std::move(content).error();
    is_there_ = true;
    return parse_commits(*content).entries;
}

/// One file of the journal after the other, so that no more than one is in memory. Written anew
/// also where a mail looks right: what could not be written to the disk may still stand in memory.
Result<Done> Replay::write_aside()
{
    auto tree = files_.open_tree(layout_.root());
    if (!tree) return std::move(tree).error();
    tree_ = std::move(*tree);
    for (int slot = 0; slot < 2; ++slot) {
        const auto entries = entries_in(layout_.commits(slot));
        if (!entries) return entries.error();
        for (const CommitEntry& entry : *entries)
            if (auto ok = write_aside(entry); !ok) return ok;
    }
    return Done{};
}

Result<Done> Replay::look_for_handed()
{
    return files_.list(layout_.handed_dir(), [this](std::string_view name) {
        const auto dash = name.find('-');
        if (!SpoolLayout::handed_day(name)) return;
        const auto mail = SpoolLayout::parse(name.substr(dash + 1));
        if (mail && !mail->of_original && ids_.count(mail->id) != 0)
            handed_[mail->id] = layout_.handed_dir() + "/" + std::string(name);
    });
}

/// Where it lies; in messages/ where it lies nowhere.
std::string Replay::place_of(const SpoolId& id) const
{
    const std::string name = SpoolLayout::file_name({id});
    const std::string message = layout_.message({id});
    if (has(message)) return message;
    for (const std::string& directory : {layout_.held_dir(), layout_.failed_dir()})
        if (has(directory + '/' + name)) return directory + '/' + name;
    if (const auto handed = handed_.find(id); handed != handed_.end()) return handed->second;
    // One that was whole was moved there for a reason. One that was not is what the crash left.
    const std::string corrupt = layout_.corrupt_dir() + '/' + name;
    const auto there = files_.read_all(corrupt, kMaxFileBytes);
    const auto ours = there ? files_.read_all(layout_.incoming(id), kMaxFileBytes) : there;
    return ours && *there == *ours ? corrupt : message;
}

Result<Done> Replay::write_aside(const CommitEntry& entry)
{
    const std::string aside = layout_.incoming(entry.id);
    if (auto ok = gone_is_fine(files_.unlink(aside)); !ok) return ok;
    auto file = files_.create_exclusive(aside);
    if (!file) return std::move(file).error();
    if (auto ok = (*file)->write_all(entry.json); !ok) return ok;
    ids_.insert(entry.id);
    return (*file)->close();
}

/// All octets durable, then the names, then their directories.
Result<Done> Replay::bring_back()
{
    if (auto ok = look_for_handed(); !ok) return ok;
    if (auto ok = tree_->sync(); !ok) return ok;
    std::set<std::string> directories;
    for (const SpoolId& id : ids_) {
        const std::string place = place_of(id);
        if (auto ok = files_.rename_over(layout_.incoming(id), place); !ok) return ok;
        directories.insert(place.substr(0, place.find_last_of('/')));
    }
    for (const std::string& directory : directories)
        if (auto ok = files_.sync_dir(directory); !ok) return ok;
    return Done{};
}

Result<Done> Replay::drop_journal()
{
    if (!is_there_) return Done{};
    for (int slot = 0; slot < 2; ++slot)
        if (auto ok = gone_is_fine(files_.unlink(layout_.commits(slot))); !ok) return ok;
    return files_.sync_dir(layout_.state_dir());
}

}  // namespace

Result<Done> replay_commits(const SpoolLayout& layout, Files& files)
{
    Replay replay(layout, files);
    if (auto ok = replay.write_aside(); !ok) return ok;
    if (replay.mails() != 0) {
        if (auto ok = replay.bring_back(); !ok) return ok;
        log::info("commit journal replayed", {{"mails", replay.mails()}});
    }
    return replay.drop_journal();
}

}  // namespace mail
