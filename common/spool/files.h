/// The file-system seam: every step that a crash can fall between goes through here, so that tests
/// can cut the power between any two of them and look at what is left.
///
/// All calls block. Errors are temporary unless said otherwise and carry the step, the path and
/// errno.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "common/result.h"

namespace mail
{

/// An open file for writing. Closes quietly when destroyed; call close() where its error matters.
class OutFile
{
public:
    virtual ~OutFile() = default;
    /// Appends, or continues where the last write ended.
    virtual Result<Done> write_all(std::string_view octets) = 0;
    virtual Result<Done> write_at(std::uint64_t offset, std::string_view octets) = 0;
    /// fsync. After an error the file's content is unknown: give it up, never sync it again.
    virtual Result<Done> sync() = 0;
    /// fdatasync: content and length, not times.
    virtual Result<Done> sync_data() = 0;
    virtual Result<Done> close() = 0;
};

/// Everything on one file system, made durable at once.
class TreeSync
{
public:
    virtual ~TreeSync() = default;
    /// syncfs: all octets and names that were written before, whatever they are called now. After
    /// an error some of them are lost, and nobody knows which. Says so of each write that failed
    /// since it was opened (Linux 5.8).
    virtual Result<Done> sync() = 0;
};

struct FileStatus {
    std::uint64_t size = 0;
    std::int64_t modified_seconds = 0;      // wall clock, since 1970
    std::int64_t modified_nanoseconds = 0;  // behind those seconds
    std::uint64_t inode = 0;  // names the file, however it is renamed, while it is there
    bool is_regular = true;   // no directory, link, FIFO or socket
    bool is_link = false;
};

class Files
{
public:
    virtual ~Files() = default;
    /// Mode 0600. conflict if the name is there already.
    virtual Result<std::unique_ptr<OutFile>> create_exclusive(const std::string& path) = 0;
    /// Opens an existing file for write_at, or creates it, mode 0600. Never truncates.
    virtual Result<std::unique_ptr<OutFile>> open_for_update(const std::string& path) = 0;
    /// Whole content. missing if there is no such file; refused if it is over `max_bytes`.
    virtual Result<std::string> read_all(const std::string& path, std::uint64_t max_bytes) = 0;
    virtual Result<FileStatus> status(const std::string& path) = 0;
    /// Atomic, never overwrites: conflict if `to` is there. missing if `from` is not.
    virtual Result<Done> rename_new(const std::string& from, const std::string& to) = 0;
    /// Atomic, replaces `to`.
    virtual Result<Done> rename_over(const std::string& from, const std::string& to) = 0;
    /// missing if there is no such file.
    virtual Result<Done> unlink(const std::string& path) = 0;
    /// Makes the names in a directory durable.
    virtual Result<Done> sync_dir(const std::string& path) = 0;
    /// Of the file system that the directory lies on.
    virtual Result<std::unique_ptr<TreeSync>> open_tree(const std::string& path) = 0;
    /// Mode 0700; fine if it is there.
    virtual Result<Done> make_dir(const std::string& path) = 0;
    /// Each name but . and .., in no order. The callback must not change the directory.
    virtual Result<Done> list(const std::string& path,
                              const std::function<void(std::string_view name)>& each) = 0;
};

/// The machine's own file system.
Files& system_files();

}  // namespace mail
