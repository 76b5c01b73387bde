#include "common/spool/files.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

namespace mail
{
namespace
{

Error failed(const char* step, const std::string& path)
{
    const int code = errno;
    const ErrorKind kind = code == ENOENT   ? ErrorKind::missing
                           : code == EEXIST ? ErrorKind::conflict
                                            : ErrorKind::temporary;
    return Error{kind, std::string(step) + " " + path, code};
}

class Descriptor
{
public:
    explicit Descriptor(int number) : number_(number) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() { close(); }

    int number() const { return number_; }
    int close()
    {
        const int number = std::exchange(number_, -1);
        return number < 0 ? 0 : ::close(number);
    }

private:
    int number_;
};

/// NONBLOCK: a FIFO somebody left in the directory must not stop us. NOATIME, which only the owner
/// may ask for: to note when a mail was read would cost a write for each.
int open_to_read(const std::string& path)
{
    constexpr int kFlags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
    const int descriptor = ::open(path.c_str(), kFlags | O_NOATIME);
    return descriptor < 0 && errno == EPERM ? ::open(path.c_str(), kFlags) : descriptor;
}

class SystemFile final : public OutFile
{
public:
    SystemFile(int descriptor, std::string path) : file_(descriptor), path_(std::move(path)) {}

    Result<Done> write_all(std::string_view octets) override
    {
        while (!octets.empty()) {
            const ssize_t written = ::write(file_.number(), octets.data(), octets.size());
            if (written < 0 && errno == EINTR) continue;
            if (written < 0) return failed("write", path_);
            octets.remove_prefix(static_cast<std::size_t>(written));
        }
        return Done{};
    }

    Result<Done> write_at(std::uint64_t offset, std::string_view octets) override
    {
        while (!octets.empty()) {
            const ssize_t written =
                ::pwrite(file_.number(), octets.data(), octets.size(), static_cast<off_t>(offset));
            if (written < 0 && errno == EINTR) continue;
            if (written < 0) return failed("write", path_);
            octets.remove_prefix(static_cast<std::size_t>(written));
            offset += static_cast<std::uint64_t>(written);
        }
        return Done{};
    }

    Result<Done> sync() override
    {
        if (::fsync(file_.number()) != 0) return failed("sync", path_);
        return Done{};
    }

    Result<Done> sync_data() override
    {
        if (::fdatasync(file_.number()) != 0) return failed("sync", path_);
        return Done{};
    }

    Result<Done> close() override
    {
        if (file_.close() != 0) return failed("close", path_);
        return Done{};
    }

private:
    Descriptor file_;
    std::string path_;
};

class SystemTree final : public TreeSync
{
public:
    SystemTree(int descriptor, std::string path) : directory_(descriptor), path_(std::move(path)) {}

    Result<Done> sync() override
    {
        if (::syncfs(directory_.number()) != 0) return failed("sync all of", path_);
        return Done{};
    }

private:
    Descriptor directory_;
    std::string path_;
};

class SystemFiles final : public Files
{
public:
    Result<std::unique_ptr<OutFile>> create_exclusive(const std::string& path) override
    {
        return open(path, O_WRONLY | O_CREAT | O_EXCL, "create");
    }

    Result<std::unique_ptr<OutFile>> open_for_update(const std::string& path) override
    {
        return open(path, O_WRONLY | O_CREAT, "open");
    }

    Result<std::string> read_all(const std::string& path, std::uint64_t max_bytes) override
    {
        Descriptor file(open_to_read(path));
        const bool is_link = file.number() < 0 && errno == ELOOP;
        const bool is_socket = file.number() < 0 && errno == ENXIO;
        if (is_link || is_socket) return Error{ErrorKind::refused, path + " is no regular file"};
        if (file.number() < 0) return failed("open", path);
        struct stat status {
        };
        if (::fstat(file.number(), &status) != 0) return failed("stat", path);
        if (!S_ISREG(status.st_mode))
            return Error{ErrorKind::refused, path + " is no regular file"};
        if (static_cast<std::uint64_t>(status.st_size) > max_bytes)
            return Error{ErrorKind::refused,
                         path + " is over " + std::to_string(max_bytes) + " bytes"};
        std::string content(static_cast<std::size_t>(status.st_size), '\0');
        std::size_t filled = 0;
        while (filled < content.size()) {
            const ssize_t got =
                ::read(file.number(), content.data() + filled, content.size() - filled);
            if (got < 0 && errno == EINTR) continue;
            if (got < 0) return failed("read", path);
            if (got == 0) break;
            filled += static_cast<std::size_t>(got);
        }
        content.resize(filled);
        return content;
    }

    Result<FileStatus> status(const std::string& path) override
    {
        struct stat status {
        };
        if (::lstat(path.c_str(), &status) != 0) return failed("stat", path);
        return FileStatus{static_cast<std::uint64_t>(status.st_size),
                          status.st_mtim.tv_sec,
                          status.st_mtim.tv_nsec,
                          status.st_ino,
                          S_ISREG(status.st_mode),
                          S_ISLNK(status.st_mode)};
    }

    Result<Done> rename_new(const std::string& from, const std::string& to) override
    {
        if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) != 0)
            return failed("rename to", to);
        return Done{};
    }

    Result<Done> rename_over(const std::string& from, const std::string& to) override
    {
        if (::rename(from.c_str(), to.c_str()) != 0) return failed("rename to", to);
        return Done{};
    }

    Result<Done> unlink(const std::string& path) override
    {
        if (::unlink(path.c_str()) != 0) return failed("remove", path);
        return Done{};
    }

    Result<Done> sync_dir(const std::string& path) override
    {
        Descriptor directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        if (directory.number() < 0) return failed("open", path);
        if (::fsync(directory.number()) != 0) return failed("sync", path);
        return Done{};
    }

    Result<std::unique_ptr<TreeSync>> open_tree(const std::string& path) override
    {
        const int descriptor = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (descriptor < 0) return failed("open", path);
        return std::unique_ptr<TreeSync>(std::make_unique<SystemTree>(descriptor, path));
    }

    Result<Done> make_dir(const std::string& path) override
    {
        if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST)
            return failed("make directory", path);
        return Done{};
    }

    Result<Done> list(const std::string& path,
                      const std::function<void(std::string_view name)>& each) override
    {
        DIR* directory = ::opendir(path.c_str());
        if (directory == nullptr) return failed("list", path);
        errno = 0;
        while (const dirent* entry = ::readdir(directory)) {
            const std::string_view name = entry->d_name;
            if (name != "." && name != "..") each(name);
            errno = 0;
        }
        const int code = errno;
        ::closedir(directory);
        if (code != 0) return Error{ErrorKind::temporary, "list " + path, code};
        return Done{};
    }

private:
    static Result<std::unique_ptr<OutFile>> open(const std::string& path, int flags,
                                                 const char* step)
    {
        const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (descriptor < 0) return failed(step, path);
        return std::unique_ptr<OutFile>(std::make_unique<SystemFile>(descriptor, path));
    }
};

}  // namespace

Files& system_files()
{
    static SystemFiles files;
    return files;
}

}  // namespace mail
