/// Files that counts failed syncs. A file whose sync failed is given up by whoever wrote it. But a
/// disk that fails twice within a minute is not to be trusted with the next mail either: from then
/// on nothing is opened for writing, and the program ends and leaves the rest to its supervisor.
/// Whoever waits for an answer still has the mail, so that stopping is cheap.
///
/// Lack of room, of descriptors or of permission is no fault of the disk and is not counted.
#pragma once

#include <functional>
#include <mutex>
#include <optional>

#include "common/clock.h"
#include "common/spool/files.h"

namespace mail
{

class SyncWatch final : public Files
{
public:
    static constexpr std::chrono::seconds kTooSoon{60};

    /// Hears how long each sync took, from any thread. Must be quick.
    using OnSync = std::function<void(std::chrono::nanoseconds took)>;

    /// Both must outlive it.
    SyncWatch(Files& files, const Clock& clock, OnSync on_sync = {})
        : files_(files), clock_(clock), on_sync_(std::move(on_sync))
    {
    }

    /// Two syncs failed within kTooSoon. Once true, it stays so.
    [[nodiscard]] bool is_lost() const;

    Result<std::unique_ptr<OutFile>> create_exclusive(const std::string& path) override;
    Result<std::unique_ptr<OutFile>> open_for_update(const std::string& path) override;
    Result<std::string> read_all(const std::string& path, std::uint64_t max_bytes) override;
    Result<FileStatus> status(const std::string& path) override;
    Result<Done> rename_new(const std::string& from, const std::string& to) override;
    Result<Done> rename_over(const std::string& from, const std::string& to) override;
    Result<Done> unlink(const std::string& path) override;
    Result<Done> sync_dir(const std::string& path) override;
    Result<std::unique_ptr<TreeSync>> open_tree(const std::string& path) override;
    Result<Done> make_dir(const std::string& path) override;
    Result<Done> list(const std::string& path,
                      const std::function<void(std::string_view name)>& each) override;

private:
    class WatchedFile;
    class WatchedTree;
    Result<std::unique_ptr<OutFile>> watched(Result<std::unique_ptr<OutFile>> file);
    template <class Sync>
    Result<Done> synced(const Sync& sync);
    Result<Done> judged(Result<Done> done);

    Files& files_;
    const Clock& clock_;
    const OnSync on_sync_;
    mutable std::mutex mutex_;
    std::optional<BootTime> last_failure_;
    bool is_lost_ = false;
};

}  // namespace mail
