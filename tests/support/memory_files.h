/// The fault seam: a file system in memory that can lose its power between any two steps, and whose
/// steps can fail.
///
/// A power cut forgets what was not synced: a file's octets without its fsync, a name without an
/// fsync of its directory, each for itself. restart(chance) lets some of what was not synced
/// survive all the same, torn anywhere, as real ones may.
///
/// A kill (kill_after) ends the process at the same places and forgets nothing.
/// A sync that fails leaves the file's old durable octets; a second sync of that file is counted
/// (repeated_syncs), since on Linux it would succeed and prove nothing.
#pragma once

#include <algorithm>
#include <cerrno>
#include <exception>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "common/spool/files.h"

namespace mail::test
{

/// Thrown by the step that the power did not last for.
struct PowerCut {
};
/// Thrown by the step that a kill came before. No std::exception: nothing may catch it on its way.
struct Killed {
};

class MemoryFiles final : public Files
{
public:
    /// A number in 0..bound-1.
    using Chance = std::function<std::uint64_t(std::uint64_t bound)>;

    // --- faults. Steps are the calls that change something.

    /// The power lasts for `steps` more steps. Nothing: for ever.
    void cut_after(std::optional<int> steps) { steps_to_cut_ = steps; }
    /// The same for the process.
    void kill_after(std::optional<int> steps) { steps_to_kill_ = steps; }
    /// The step after `steps` more fails with `sys_errno`, and if `for_good`, all that follow. Only
    /// steps of one kind count where it is named: create, open, write, sync, close, rename, remove.
    void fail_after(std::optional<int> steps, int sys_errno = EIO, bool for_good = false,
                    std::string_view kind = {})
    {
        fault_kind_ = kind;
        steps_to_fault_ = steps;
        fault_errno_ = sys_errno;
        fault_stays_ = for_good;
    }
    /// Zero free bytes: no file grows and none is made; what is written over, renamed or removed is
    /// fine. A rename into one of `full_directories` fails too: a directory grows by blocks.
    bool is_full = false;
    std::set<std::string> full_directories;
    /// Called before each step; may throw what it likes, but for steps of destructors (unlink).
    std::function<void()> before_step;
    [[nodiscard]] bool is_off() const { return off_; }
    [[nodiscard]] int steps_taken() const { return steps_taken_; }

    /// What the machine finds when the power is back: what was synced; with `chance`, the first few
    /// of the other changes too, the last of them torn.
    void restart(const Chance& chance = {})
    {
        if (chance) keep_some(chance);
        for (auto& [directory, names] : durable_)
            for (auto& [name, inode] : names) {
                if (chance) tear(*inode, chance);
                settle(*inode);
            }
        live_ = durable_;
        pending_.clear();
        end_faults();
    }
    /// The same, and of what was not synced the first `bytes` of each file survive.
    void restart_torn(std::size_t bytes)
    {
        for (auto& [directory, names] : durable_)
            for (auto& [name, inode] : names) keep_first(*inode, bytes);
        restart();
    }
    /// Another process asks: it does not know whose sync failed, and the octets are still not
    /// there.
    void begin_process()
    {
        for (auto& [directory, names] : live_)
            for (auto& [name, inode] : names) inode->sync_failed = false;
    }
    /// What was armed and did not strike.
    void end_faults_unless_off()
    {
        if (!off_) end_faults();
    }
    /// After a kill: nothing is forgotten.
    void end_faults()
    {
        off_ = has_failed_ = false;
        steps_to_cut_.reset();
        steps_to_kill_.reset();
        steps_to_fault_.reset();
    }

    // --- looking

    [[nodiscard]] bool has(const std::string& path) const { return find(path) != nullptr; }
    [[nodiscard]] std::string text(const std::string& path) const { return find(path)->live; }
    /// What a power cut now would leave of it.
    [[nodiscard]] std::string durable_text(const std::string& path) const
    {
        const auto names = durable_.find(parent_of(path));
        if (names == durable_.end()) return "";
        const auto found = names->second.find(name_of(path));
        return found == names->second.end() ? "" : found->second->synced;
    }
    void set_text(const std::string& path, const std::string& octets)
    {
        const auto inode = new_inode();
        inode->live = inode->synced = octets;
        live_[parent_of(path)][name_of(path)] = durable_[parent_of(path)][name_of(path)] = inode;
    }
    [[nodiscard]] std::vector<std::string> names_in(const std::string& directory) const
    {
        std::vector<std::string> names;
        if (const auto found = live_.find(directory); found != live_.end())
            for (const auto& [name, inode] : found->second) names.push_back(name);
        return names;
    }
    int syncs = 0;           // of files, that succeeded
    int repeated_syncs = 0;  // of files whose sync had failed before
    /// A rename from one directory to another is one act, but syncing one of the two makes durable
    /// only that half: harder than ext4, XFS and btrfs are. False: as they are, for more programs
    /// than one.
    bool syncs_half_renames = true;
    bool make_real_directories = false;  // for locks and the watcher, which want them

    // --- the file system

    Result<std::unique_ptr<OutFile>> create_exclusive(const std::string& path) override
    {
        if (auto fault = step("create", path)) return *fault;
        if (has(path)) return Error{ErrorKind::conflict, "create " + path, EEXIST};
        if (is_full) return no_room("create", path);
        return open(path);
    }
    Result<std::unique_ptr<OutFile>> open_for_update(const std::string& path) override
    {
        if (auto fault = step("open", path)) return *fault;
        if (is_full && !has(path)) return no_room("open", path);
        return open(path);
    }
    Result<std::string> read_all(const std::string& path, std::uint64_t) override
    {
        if (!has(path)) return missing("open", path);
        return find(path)->live;
    }
    Result<FileStatus> status(const std::string& path) override
    {
        if (!has(path)) return missing("stat", path);
        return FileStatus{find(path)->live.size(), 0, 0, find(path)->number};
    }
    Result<Done> rename_new(const std::string& from, const std::string& to) override
    {
        if (has(to)) return Error{ErrorKind::conflict, "rename to " + to, EEXIST};
        return rename_over(from, to);
    }
    Result<Done> rename_over(const std::string& from, const std::string& to) override
    {
        if (auto fault = step("rename", to)) return *fault;
        if (full_directories.contains(parent_of(to))) return no_room("rename to", to);
        const auto inode = find_shared(from);
        if (!inode) return missing("rename to", to);
        change({{to, inode}, {from, nullptr}});
        return Done{};
    }
    /// Destructors call it on the way out of a failure: then it throws nothing.
    Result<Done> unlink(const std::string& path) override
    {
        if (!off_ && !has(path)) return missing("remove", path);
        // Only then may it be a destructor's.
        const bool may_throw = !has_failed_ && std::uncaught_exceptions() == 0;
        auto fault = off_ && !may_throw ? std::nullopt : step("remove", path, may_throw);
        if (off_) return Error{ErrorKind::temporary, "remove " + path, EIO};
        if (fault) return *fault;
        change({{path, nullptr}});
        return Done{};
    }
    Result<Done> sync_dir(const std::string& path) override
    {
        if (auto fault = step("sync", path)) return *fault;
        const auto is_here = [&](const auto& half) { return parent_of(half.first) == path; };
        for (NameChange& one : pending_) {
            const bool touches = std::any_of(one.begin(), one.end(), is_here);
            if (touches && !syncs_half_renames) {
                for (const auto& [name, inode] : one) apply_to(durable_, name, inode);
                one.clear();
            }
            std::erase_if(one, is_here);
        }
        durable_[path] = live_[path];
        std::erase_if(pending_, [](const NameChange& one) { return one.empty(); });
        return Done{};
    }
    Result<std::unique_ptr<TreeSync>> open_tree(const std::string&) override
    {
        return std::unique_ptr<TreeSync>(std::make_unique<Tree>(*this));
    }
    Result<Done> make_dir(const std::string& path) override
    {
        return make_real_directories ? system_files().make_dir(path) : Result<Done>(Done{});
    }
    Result<Done> list(const std::string& path,
                      const std::function<void(std::string_view)>& each) override
    {
        for (const std::string& name : names_in(path)) each(name);
        return Done{};
    }

private:
    struct Write {
        std::uint64_t offset = 0;
        std::string octets;
    };
    struct Inode {
        std::uint64_t number = 0;
        std::string live;
        std::string synced;
        std::vector<Write> unsynced;  // in order
        bool sync_failed = false;
    };
    using InodePtr = std::shared_ptr<Inode>;
    using Names = std::map<std::string, InodePtr>;
    using Directories = std::map<std::string, Names>;
    using NameChange = std::vector<std::pair<std::string, InodePtr>>;  // null: the name goes

    InodePtr new_inode()
    {
        auto inode = std::make_shared<Inode>();
        inode->number = ++inodes_;
        return inode;
    }
    static void put(std::string& content, const Write& write)
    {
        if (content.size() < write.offset + write.octets.size())
            content.resize(write.offset + write.octets.size());
        content.replace(write.offset, write.octets.size(), write.octets);
    }
    static std::string parent_of(const std::string& path)
    {
        return path.substr(0, path.find_last_of('/'));
    }
    static std::string name_of(const std::string& path)
    {
        return path.substr(path.find_last_of('/') + 1);
    }
    static Error missing(const char* what, const std::string& path)
    {
        return Error{ErrorKind::missing, std::string(what) + " " + path, ENOENT};
    }

    static Error no_room(const char* what, const std::string& path)
    {
        return Error{ErrorKind::temporary, std::string(what) + " " + path, ENOSPC};
    }

    class File final : public OutFile
    {
    public:
        File(MemoryFiles& files, InodePtr inode) : files_(files), inode_(std::move(inode)) {}
        Result<Done> write_all(std::string_view octets) override
        {
            return write_at(inode_->live.size(), octets);
        }
        Result<Done> write_at(std::uint64_t offset, std::string_view octets) override
        {
            auto fault = files_.step("write", "a file");
            const bool grows = offset + octets.size() > inode_->live.size();
            if (!fault && files_.is_full && grows) return no_room("write", "a file");
            // What fails may have got half way.
            Write write{offset,
                        std::string(octets.substr(0, fault ? octets.size() / 2 : octets.npos))};
            put(inode_->live, write);
            inode_->unsynced.push_back(std::move(write));
            if (fault) return *fault;
            return Done{};
        }
        Result<Done> sync() override
        {
            if (inode_->sync_failed) ++files_.repeated_syncs;
            if (const auto fault = files_.step("sync", "a file")) {
                inode_->sync_failed = true;
                inode_->unsynced.clear();  // taken for written from now on
                return *fault;
            }
            ++files_.syncs;
            for (const Write& write : inode_->unsynced) put(inode_->synced, write);
            inode_->unsynced.clear();
            return Done{};
        }
        Result<Done> sync_data() override { return sync(); }
        /// Some file systems say only then that there was no room.
        Result<Done> close() override
        {
            if (const auto fault = files_.step("close", "a file")) return *fault;
            return Done{};
        }

    private:
        MemoryFiles& files_;
        InodePtr inode_;
    };

    /// syncfs: every name, every file that has one. Where it fails, all of it is taken for written.
    class Tree final : public TreeSync
    {
    public:
        explicit Tree(MemoryFiles& files) : files_(files) {}
        Result<Done> sync() override
        {
            const auto fault = files_.step("sync", "everything");
            for (auto& [directory, names] : files_.live_)
                for (auto& [name, inode] : names) files_.sync_in_tree(*inode, fault.has_value());
            if (fault) return *fault;
            files_.durable_ = files_.live_;
            files_.pending_.clear();
            return Done{};
        }

    private:
        MemoryFiles& files_;
    };
    void sync_in_tree(Inode& inode, bool fails)
    {
        if (inode.unsynced.empty()) return;
        if (!fails)
            for (const Write& write : inode.unsynced) put(inode.synced, write);
        inode.sync_failed = inode.sync_failed || fails;
        inode.unsynced.clear();
    }

    Inode* find(const std::string& path) const { return find_shared(path).get(); }
    InodePtr find_shared(const std::string& path) const
    {
        const auto names = live_.find(parent_of(path));
        if (names == live_.end()) return nullptr;
        const auto found = names->second.find(name_of(path));
        return found == names->second.end() ? nullptr : found->second;
    }
    std::unique_ptr<OutFile> open(const std::string& path)
    {
        InodePtr inode = find_shared(path);
        if (!inode) {
            inode = new_inode();
            change({{path, inode}});
        }
        return std::make_unique<File>(*this, std::move(inode));
    }

    static void apply_to(Directories& directories, const std::string& path, const InodePtr& inode)
    {
        Names& names = directories[parent_of(path)];
        if (inode)
            names[name_of(path)] = inode;
        else
            names.erase(name_of(path));
    }
    void change(NameChange change)
    {
        for (const auto& [path, inode] : change) apply_to(live_, path, inode);
        pending_.push_back(std::move(change));
    }

    void keep_some(const Chance& chance)
    {
        const std::uint64_t kept = chance(pending_.size() + 1);
        for (std::uint64_t i = 0; i < kept; ++i)
            for (const auto& [path, inode] : pending_[i]) apply_to(durable_, path, inode);
    }
    static void tear(Inode& inode, const Chance& chance)
    {
        const std::uint64_t kept = chance(inode.unsynced.size() + 1);
        for (std::uint64_t i = 0; i < kept; ++i) {
            Write& write = inode.unsynced[i];
            if (i + 1 == kept) write.octets.resize(chance(write.octets.size() + 1));
            put(inode.synced, write);
        }
    }
    static void keep_first(Inode& inode, std::size_t bytes)
    {
        for (Write& write : inode.unsynced) {
            write.octets.resize(std::min(write.octets.size(), bytes));
            bytes -= write.octets.size();
            if (!write.octets.empty()) put(inode.synced, write);
        }
    }
    static void settle(Inode& inode)
    {
        inode.unsynced.clear();
        inode.live = inode.synced;
        inode.sync_failed = false;
    }

    static bool is_next(std::optional<int>& steps)
    {
        if (!steps) return false;
        if (*steps > 0) {
            --*steps;
            return false;
        }
        return true;
    }
    std::optional<Error> step(std::string_view what, const std::string& path, bool may_throw = true)
    {
        if (off_ && may_throw) throw PowerCut{};
        if (before_step) before_step();
        ++steps_taken_;
        if (is_next(steps_to_cut_)) {
            off_ = true;
            if (may_throw) throw PowerCut{};
        }
        if (is_next(steps_to_kill_) && may_throw) {
            steps_to_kill_.reset();
            throw Killed{};
        }
        if (!fault_kind_.empty() && fault_kind_ != what) return std::nullopt;
        // A disk that stays full still takes renames and removals.
        const bool needs_no_room = what == "rename" || what == "remove";
        if (fault_stays_ && fault_errno_ == ENOSPC && needs_no_room) return std::nullopt;
        if (!is_next(steps_to_fault_)) return std::nullopt;
        if (!fault_stays_) steps_to_fault_.reset();
        has_failed_ = true;
        return Error{ErrorKind::temporary, std::string(what) + " " + path, fault_errno_};
    }

    std::uint64_t inodes_ = 0;
    Directories live_;
    Directories durable_;
    std::vector<NameChange> pending_;  // not durable, at least by half
    std::optional<int> steps_to_cut_;
    std::optional<int> steps_to_kill_;
    std::optional<int> steps_to_fault_;
    std::string_view fault_kind_;
    int fault_errno_ = EIO;
    bool fault_stays_ = false;
    bool off_ = false;
    bool has_failed_ = false;  // a step did, since the last start
    int steps_taken_ = 0;
};

}  // namespace mail::test
