/// A file system in memory that forgets, at a power cut, whatever was not synced: a file's octets
/// without fsync, a name without an fsync of its directory. The power can be cut before any step.
///
/// Directories are made on the real disk too, because locks and the watcher want them there.
#pragma once

#include <map>
#include <memory>
#include <optional>

#include "common/spool/files.h"

namespace mail::test
{

/// Thrown by the step that the power did not last for.
struct PowerCut {
};

class VolatileFiles final : public Files
{
public:
    /// The power lasts for `steps` more changing steps. Nothing: for ever.
    void cut_after(std::optional<int> steps) { steps_left_ = steps; }
    /// What the machine finds when the power is back.
    void restart()
    {
        steps_left_.reset();
        live_ = durable_;
        for (auto& [path, inode] : live_) inode->live = inode->synced;
    }
    bool has(const std::string& path) const { return live_.count(path) != 0; }
    std::vector<std::string> names_in(const std::string& directory) const
    {
        std::vector<std::string> names;
        for (const auto& [path, inode] : live_)
            if (parent_of(path) == directory) names.push_back(path.substr(directory.size() + 1));
        return names;
    }

    Result<std::unique_ptr<OutFile>> create_exclusive(const std::string& path) override
    {
        step();
        if (has(path)) return Error{ErrorKind::conflict, "create " + path, EEXIST};
        live_[path] = std::make_shared<Inode>();
        return open(path);
    }
    Result<std::unique_ptr<OutFile>> open_for_update(const std::string& path) override
    {
        step();
        if (!has(path)) live_[path] = std::make_shared<Inode>();
        return open(path);
    }
    Result<std::string> read_all(const std::string& path, std::uint64_t) override
    {
        if (!has(path)) return missing("open", path);
        return live_.at(path)->live;
    }
    Result<FileStatus> status(const std::string& path) override
    {
        if (!has(path)) return missing("stat", path);
        return FileStatus{live_.at(path)->live.size(), 0};
    }
    Result<Done> rename_new(const std::string& from, const std::string& to) override
    {
        if (has(to)) return Error{ErrorKind::conflict, "rename to " + to, EEXIST};
        return rename_over(from, to);
    }
    Result<Done> rename_over(const std::string& from, const std::string& to) override
    {
        step();
        if (!has(from)) return missing("rename to", to);
        live_[to] = live_.at(from);
        live_.erase(from);
        return Done{};
    }
    Result<Done> unlink(const std::string& path) override
    {
        step();
        if (live_.erase(path) == 0) return missing("remove", path);
        return Done{};
    }
    Result<Done> sync_dir(const std::string& path) override
    {
        step();
        std::erase_if(durable_, [&](const auto& entry) { return parent_of(entry.first) == path; });
        for (const auto& [name, inode] : live_)
            if (parent_of(name) == path) durable_[name] = inode;
        return Done{};
    }
    Result<Done> make_dir(const std::string& path) override
    {
        return system_files().make_dir(path);
    }
    Result<Done> list(const std::string& path,
                      const std::function<void(std::string_view)>& each) override
    {
        for (const std::string& name : names_in(path)) each(name);
        return Done{};
    }

private:
    struct Inode {
        std::string live;
        std::string synced;
    };
    using Names = std::map<std::string, std::shared_ptr<Inode>>;

    class File final : public OutFile
    {
    public:
        File(VolatileFiles& files, std::shared_ptr<Inode> inode)
            : files_(files), inode_(std::move(inode))
        {
        }
        Result<Done> write_all(std::string_view octets) override
        {
            files_.step();
            inode_->live += octets;
            return Done{};
        }
        Result<Done> write_at(std::uint64_t offset, std::string_view octets) override
        {
            files_.step();
            if (inode_->live.size() < offset + octets.size())
                inode_->live.resize(offset + octets.size());
            inode_->live.replace(offset, octets.size(), octets);
            return Done{};
        }
        Result<Done> sync() override
        {
            files_.step();
            inode_->synced = inode_->live;
            return Done{};
        }
        Result<Done> sync_data() override { return sync(); }
        Result<Done> close() override { return Done{}; }

    private:
        VolatileFiles& files_;
        std::shared_ptr<Inode> inode_;
    };

    Result<std::unique_ptr<OutFile>> open(const std::string& path)
    {
        return std::unique_ptr<OutFile>(std::make_unique<File>(*this, live_.at(path)));
    }
    static Error missing(const char* what, const std::string& path)
    {
        return Error{ErrorKind::missing, std::string(what) + " " + path, ENOENT};
    }
    static std::string parent_of(const std::string& path)
    {
        return path.substr(0, path.find_last_of('/'));
    }

    void step()
    {
        if (!steps_left_) return;
        if (*steps_left_ == 0) {
            // What unwinding still tries finds nothing: destructors must not throw.
            steps_left_.reset();
            live_.clear();
            throw PowerCut{};
        }
        --*steps_left_;
    }

    Names live_;
    Names durable_;
    std::optional<int> steps_left_;
};

}  // namespace mail::test
