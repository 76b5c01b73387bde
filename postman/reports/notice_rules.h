/// Which mail of its own the courier writes, and whom to.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace postman
{

struct NoticeRules {
    std::string courier;    // the name they are from
    std::string report_to;  // empty: no summary
    std::chrono::seconds report_every = std::chrono::hours(24);
    std::vector<std::string> dsn_domains;  // empty: no reports to senders

    bool is_wanted() const { return !report_to.empty() || !dsn_domains.empty(); }
};

}  // namespace postman
