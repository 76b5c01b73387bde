/// Files in memory that know what a power cut leaves: synced content under synced names. A test
/// cuts the power before the n-th step, and every later step fails.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "common/spool/files.h"

namespace postman::test
{

class FaultyFiles final : public mail::Files
{
public:
    /// Steps that succeed before the power goes; -1: it stays on.
    int steps_left = -1;
    int steps_taken = 0;

    /// What the disk holds when the power is back: all names and bytes that were synced, and of the
    /// unsynced bytes at the end of a file the first `torn` ones.
    void restart(std::size_t torn)
    {
        std::map<std::string, std::shared_ptr<Content>> kept;
        for (auto& [path, content] : durable_names_) {
            std::string bytes = content->durable;
            if (content->now.size() > bytes.size())
                bytes += content->now.substr(bytes.size(), torn);
            kept[path] = std::make_shared<Content>(Content{bytes, bytes});
        }
        names_ = durable_names_ = kept;
        steps_left = -1;
        steps_taken = 0;
    }
    bool has(const std::string& path) const { return names_.contains(path); }
    std::string text(const std::string& path) const { return names_.at(path)->now; }
    void set_text(const std::string& path, const std::string& text)
    {
        names_[path] = durable_names_[path] = std::make_shared<Content>(Content{text, text});
    }
    int syncs = 0;

    mail::Result<std::unique_ptr<mail::OutFile>> create_exclusive(const std::string& path) override
    {
        if (auto fault = step("create " + path)) return *fault;
        if (has(path)) return mail::Error{mail::ErrorKind::conflict, path};
        return open(path);
    }
    mail::Result<std::unique_ptr<mail::OutFile>> open_for_update(const std::string& path) override
    {
        if (auto fault = step("open " + path)) return *fault;
        return open(path);
    }
    mail::Result<std::string> read_all(const std::string& path, std::uint64_t) override
    {
        if (!has(path)) return mail::Error{mail::ErrorKind::missing, path};
        return text(path);
    }
    mail::Result<mail::FileStatus> status(const std::string& path) override
    {
        if (!has(path)) return mail::Error{mail::ErrorKind::missing, path};
        return mail::FileStatus{text(path).size(), 0};
    }
    mail::Result<mail::Done> rename_new(const std::string& from, const std::string& to) override
    {
        if (has(to)) return mail::Error{mail::ErrorKind::conflict, to};
        return rename_over(from, to);
    }
    mail::Result<mail::Done> rename_over(const std::string& from, const std::string& to) override
    {
        if (auto fault = step("rename " + from)) return *fault;
        if (!has(from)) return mail::Error{mail::ErrorKind::missing, from};
        names_[to] = names_[from];
        names_.erase(from);
        return mail::Done{};
    }
    mail::Result<mail::Done> unlink(const std::string& path) override
    {
        if (!has(path)) return mail::Error{mail::ErrorKind::missing, path};
        if (auto fault = step("unlink " + path)) return *fault;
        names_.erase(path);
        return mail::Done{};
    }
    mail::Result<mail::Done> sync_dir(const std::string& path) override
    {
        if (auto fault = step("sync " + path)) return *fault;
        std::erase_if(durable_names_, [&](const auto& entry) { return is_in(path, entry.first); });
        for (const auto& [name, content] : names_)
            if (is_in(path, name)) durable_names_[name] = content;
        return mail::Done{};
    }
    mail::Result<mail::Done> make_dir(const std::string&) override { return mail::Done{}; }
    mail::Result<mail::Done> list(const std::string& path,
                                  const std::function<void(std::string_view)>& each) override
    {
        for (const auto& [name, content] : names_)
            if (name.starts_with(path + "/")) each(std::string_view(name).substr(path.size() + 1));
        return mail::Done{};
    }

private:
    static bool is_in(const std::string& directory, const std::string& path)
    {
        return path.substr(0, path.rfind('/')) == directory;
    }

    struct Content {
        std::string now;
        std::string durable;
    };

    class File final : public mail::OutFile
    {
    public:
        File(FaultyFiles& files, std::shared_ptr<Content> content)
            : files_(files), content_(std::move(content))
        {
        }
        mail::Result<mail::Done> write_all(std::string_view octets) override
        {
            return write_at(content_->now.size(), octets);
        }
        mail::Result<mail::Done> write_at(std::uint64_t offset, std::string_view octets) override
        {
            if (auto fault = files_.step("write")) return *fault;
            if (content_->now.size() < offset) content_->now.resize(offset);
            content_->now.replace(offset, octets.size(), octets);
            return mail::Done{};
        }
        mail::Result<mail::Done> sync() override
        {
            if (auto fault = files_.step("sync")) return *fault;
            ++files_.syncs;
            content_->durable = content_->now;
            return mail::Done{};
        }
        mail::Result<mail::Done> sync_data() override { return sync(); }
        mail::Result<mail::Done> close() override { return mail::Done{}; }

    private:
        FaultyFiles& files_;
        std::shared_ptr<Content> content_;
    };

    std::optional<mail::Error> step(const std::string& what)
    {
        ++steps_taken;
        if (steps_left == 0) return mail::Error{mail::ErrorKind::temporary, what};
        if (steps_left > 0) --steps_left;
        return std::nullopt;
    }
    std::unique_ptr<mail::OutFile> open(const std::string& path)
    {
        auto& content = names_[path];
        if (!content) content = std::make_shared<Content>();
        return std::make_unique<File>(*this, content);
    }

    std::map<std::string, std::shared_ptr<Content>> names_;
    std::map<std::string, std::shared_ptr<Content>> durable_names_;
};

}  // namespace postman::test
