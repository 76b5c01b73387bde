#include "common/spool/sync_watch.h"

#include <cerrno>

#include "common/log.h"

namespace mail
{
namespace
{

bool is_the_disks_fault(const Error& error)
{
    switch (error.sys_errno) {
        case ENOSPC:
        case EDQUOT:
        case EMFILE:
        case ENFILE:
        case EACCES:
        case ENOENT:
            return false;
        default:
            return true;
    }
}

Error lost()
{
    return Error{ErrorKind::temporary, "write to a disk that failed to sync twice in a minute",
                 EIO};
}

}  // namespace

template <class Sync>
Result<Done> SyncWatch::synced(const Sync& sync)
{
    const auto began = std::chrono::steady_clock::now();
    auto done = sync();
    if (on_sync_) on_sync_(std::chrono::steady_clock::now() - began);
    return judged(std::move(done));
}

class SyncWatch::WatchedFile final : public OutFile
{
public:
    WatchedFile(SyncWatch& watch, std::unique_ptr<OutFile> file)
        : watch_(watch), file_(std::move(file))
    {
    }
    Result<Done> write_all(std::string_view octets) override { return file_->write_all(octets); }
    Result<Done> write_at(std::uint64_t offset, std::string_view octets) override
    {
        return file_->write_at(offset, octets);
    }
    Result<Done> sync() override
    {
        return watch_.synced([this] { return file_->sync(); });
    }
    Result<Done> sync_data() override
    {
        return watch_.synced([this] { return file_->sync_data(); });
    }
    Result<Done> close() override { return watch_.judged(file_->close()); }

private:
    SyncWatch& watch_;
    std::unique_ptr<OutFile> file_;
};

class SyncWatch::WatchedTree final : public TreeSync
{
public:
    WatchedTree(SyncWatch& watch, std::unique_ptr<TreeSync> tree)
        : watch_(watch), tree_(std::move(tree))
    {
    }
    Result<Done> sync() override
    {
        return watch_.synced([this] { return tree_->sync(); });
    }

private:
    SyncWatch& watch_;
    std::unique_ptr<TreeSync> tree_;
};

bool SyncWatch::is_lost() const
{
    const std::scoped_lock lock(mutex_);
    return is_lost_;
}

Result<Done> SyncWatch::judged(Result<Done> done)
{
    if (done || !is_the_disks_fault(done.error())) return done;
    const std::scoped_lock lock(mutex_);
    const BootTime now = clock_.boot();
    const bool was_lost = is_lost_;
    is_lost_ = is_lost_ || (last_failure_ && now - *last_failure_ < kTooSoon);
    last_failure_ = now;
    log::error("sync failed", {{"reason", done.error().describe()}});
    if (is_lost_ && !was_lost)
        log::error("disk lost: a second sync failed within a minute, nothing more is written");
    return done;
}

Result<std::unique_ptr<OutFile>> SyncWatch::watched(Result<std::unique_ptr<OutFile>> file)
{
    if (!file) return file;
    return std::unique_ptr<OutFile>(std::make_unique<WatchedFile>(*this, std::move(*file)));
}

Result<std::unique_ptr<OutFile>> SyncWatch::create_exclusive(const std::string& path)
{
    if (is_lost()) return lost();
    return watched(files_.create_exclusive(path));
}

Result<std::unique_ptr<OutFile>> SyncWatch::open_for_update(const std::string& path)
{
    if (is_lost()) return lost();
    return watched(files_.open_for_update(path));
}

Result<std::string> SyncWatch::read_all(const std::string& path, std::uint64_t max_bytes)
{
    return files_.read_all(path, max_bytes);
}

Result<FileStatus> SyncWatch::status(const std::string& path)
{
    return files_.status(path);
}

Result<Done> SyncWatch::rename_new(const std::string& from, const std::string& to)
{
    return files_.rename_new(from, to);
}

Result<Done> SyncWatch::rename_over(const std::string& from, const std::string& to)
{
    return files_.rename_over(from, to);
}

Result<Done> SyncWatch::unlink(const std::string& path)
{
    return files_.unlink(path);
}

Result<Done> SyncWatch::sync_dir(const std::string& path)
{
    return synced([&] { return files_.sync_dir(path); });
}

Result<std::unique_ptr<TreeSync>> SyncWatch::open_tree(const std::string& path)
{
    auto tree = files_.open_tree(path);
    if (!tree) return tree;
    return std::unique_ptr<TreeSync>(std::make_unique<WatchedTree>(*this, std::move(*tree)));
}

Result<Done> SyncWatch::make_dir(const std::string& path)
{
    return files_.make_dir(path);
}

Result<Done> SyncWatch::list(const std::string& path,
                             const std::function<void(std::string_view name)>& each)
{
    return files_.list(path, each);
}

}  // namespace mail
