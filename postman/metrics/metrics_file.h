/// What is counted after each round, over restarts: `totals.json` in the state directory, for
/// `postman status`. With `--metrics-file` figures for node_exporter's textfile collector too,
/// whole or not at all, readable by all.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "common/clock.h"
#include "common/spool/files.h"
#include "postman/courier.h"
#include "postman/metrics/exposition.h"

namespace postman
{

class MetricsFile
{
public:
    /// path  empty: only counted
    MetricsFile(std::string path, std::string state, mail::Files& files, const mail::Clock& clock);

    /// Thread-safe. Its own trouble it tells in the log: no mail waits for figures.
    /// is_ok  every source was reached, and the way out works
    void end_round(const std::string& via, const Round& round, bool is_ok,
                   const Widths::Summary& window, const std::vector<TokenState>& tokens);

private:
    void count(const std::string& via, const Round& round, bool is_ok);
    mail::Result<mail::Done> replace(const std::string& path, const std::string& text,
                                     bool is_open);

    const std::string path_;
    const std::string totals_path_;
    mail::Files& files_;
    const mail::Clock& clock_;
    std::mutex mutex_;
    bool is_read_ = false;
    Totals totals_;
};

}  // namespace postman
