/// postmaster's options, and what they have to be together.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/config.h"
#include "common/privacy/origin_values.h"
#include "common/result.h"

namespace postmaster
{

struct Settings {
    std::string spool = "/var/spool/postoffice";
    std::string listen = "unix:/run/postoffice/postmaster.socket";
    std::string users;  // empty: no passwords asked for here
    std::vector<std::string> origin;
    std::string learn = "yes";             // or "no"
    std::vector<std::string> rewrite;      // OLD=NEW
    std::string public_domain;             // empty: the domain of From
    std::string default_domain;            // empty: unqualified addresses stay so
    std::string gate = "enforce";          // or "report"
    std::string unknown = "hold";          // or "warn"
    std::string strict_headers = "off";    // or "report", "enforce"
    std::vector<std::string> keep_header;  // names
    std::vector<std::string> courier_name;
    std::uint32_t lease_seconds = 900;
    std::uint32_t batch = 50;
    std::uint64_t batch_bytes = 16 * 1024 * 1024;
    bool delete_on_get = false;
    std::string metrics_listen;           // empty: nobody is told
    std::string courier_silence = "10m";  // then /alarms says so
    std::uint64_t min_free = 0;           // for /alarms; 0: the spool's own rule
    bool unsafe_spool = false;
    bool serves = true;  // false: an operator's command was given
};

/// Names the program; nothing is declared yet.
[[nodiscard]] mail::Options make_command_line();

/// Declares the options on `options`; parse() fills `settings`, which must outlive it.
void declare_options(mail::Options& options, Settings& settings);

/// What is wrong with the settings, or nothing. Reads the users file, opens nothing else.
[[nodiscard]] std::optional<std::string> fault_of(const Settings& settings);

/// `--courier-silence`, which fault_of() has looked at.
[[nodiscard]] std::chrono::seconds courier_silence(const Settings& settings);

/// `--origin` values, parsed.
/// errors  malformed: with the value
[[nodiscard]] mail::Result<mail::privacy::OriginValues> origin_values(const Settings& settings);

}  // namespace postmaster
