/// Every name in the spool directory, built and parsed here and nowhere else.
/// What lies where, and who moves a file: docs/spool.md.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/spool/spool_id.h"

namespace mail
{

/// A name in messages/, held/ or failed/.
struct SpoolName {
    SpoolId id;
    bool of_original = false;  // <32 hex> without suffix, as the Python PostOffice wrote it
    bool operator==(const SpoolName&) const = default;
};

class SpoolLayout
{
public:
    explicit SpoolLayout(std::string root) : root_(std::move(root)) {}
    /// As an intake beside the catcher's sees it: its files in incoming/ begin with that word, and
    /// it has a lock of its own.
    SpoolLayout(std::string root, std::string beside)
        : root_(std::move(root)), beside_(std::move(beside))
    {
    }

    const std::string& root() const { return root_; }
    std::string incoming_dir() const { return root_ + "/incoming"; }
    std::string messages_dir() const { return root_ + "/messages"; }
    std::string held_dir() const { return root_ + "/held"; }
    std::string failed_dir() const { return root_ + "/failed"; }
    std::string corrupt_dir() const { return root_ + "/corrupt"; }
    std::string state_dir() const { return root_ + "/state"; }
    std::string handed_dir() const { return state_dir() + "/handed"; }
    std::string handed_date() const { return state_dir() + "/handed.date"; }
    /// All of them, parents first.
    std::vector<std::string> directories() const;

    std::string incoming(const SpoolId& id) const
    {
        return incoming_dir() + "/" + incoming_prefix() + id.hex() + ".json";
    }
    /// Empty: the catcher's. With one, no name is one that parse() takes.
    std::string incoming_prefix() const { return beside_.empty() ? "" : beside_ + "-"; }
    std::string message(const SpoolName& name) const
    {
        return messages_dir() + "/" + file_name(name);
    }
    /// day: yyyymmdd, when it was handed out
    std::string handed(const std::string& day, const SpoolName& name) const
    {
        return handed_dir() + "/" + day + "-" + file_name(name);
    }
    /// The day in a name of handed/; nothing for other names.
    static std::optional<std::string> handed_day(std::string_view file_name);

    std::string journal(int slot) const { return state_dir() + "/journal." + std::to_string(slot); }
    std::string commits(int slot) const { return state_dir() + "/commits." + std::to_string(slot); }
    std::string http_intake(int slot) const
    {
        return state_dir() + "/http-intake." + std::to_string(slot);
    }
    std::string message_id_key() const { return state_dir() + "/message-id.key"; }
    std::string gate_report() const { return state_dir() + "/gate-report"; }
    std::string loop_passages() const { return state_dir() + "/loop-passages"; }
    /// There while all hand-out is stopped.
    std::string hold_mark() const { return state_dir() + "/hold"; }
    std::string control_socket() const { return state_dir() + "/control.socket"; }
    std::string postoffice_lock() const { return state_dir() + "/postoffice.lock"; }
    std::string lock_beside() const { return state_dir() + "/" + beside_ + ".lock"; }
    std::string postmaster_lock() const { return state_dir() + "/postmaster.lock"; }

    static std::string file_name(const SpoolName& name);
    /// <32 hex>.json or <32 hex>; anything else (.gitkeep, a temporary of an editor) is no mail.
    static std::optional<SpoolName> parse(std::string_view file_name);

private:
    std::string root_;
    std::string beside_;
};

}  // namespace mail
