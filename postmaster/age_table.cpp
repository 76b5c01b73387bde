#include "postmaster/age_table.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>
#include <vector>

#include "common/privacy/ascii.h"
#include "postmaster/queue_list_text.h"
#include "postmaster/terminal_text.h"

namespace postmaster
{
namespace
{

constexpr std::int64_t kFirstMinutes = 5;
constexpr const char* kNullSender = "MAILER-DAEMON";  // as qshape -s has it
constexpr const char* kHeads[] = {"T",   "5",   "10",  "20",   "40",   "80",
                                  "160", "320", "640", "1280", "1280+"};

/// Of an age: qshape counts 5 minutes, to the second, in the second column.
std::size_t bucket_of(std::int64_t seconds, std::size_t buckets)
{
    std::size_t bucket = 0;
    for (std::int64_t minutes = kFirstMinutes; bucket + 1 < buckets; ++bucket, minutes *= 2)
        if (seconds < minutes * 60) break;
    return bucket;
}

template <class Counts>
std::uint64_t sum_of(const Counts& counts)
{
    return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

std::string right(const std::string& text, std::size_t columns)
{
    const std::size_t wide = columns_of(text);
    return wide < columns ? std::string(columns - wide, ' ') + text : text;
}

}  // namespace

void AgeTable::count(std::string_view address, std::size_t bucket)
{
    const std::size_t at = address.rfind('@');
    std::string domain =
        mail::privacy::lowered(at == std::string_view::npos ? address : address.substr(at + 1));
    if (address.empty()) domain = kNullSender;
    ++domains_[shown(domain)][bucket];
    ++total_[bucket];
}

void AgeTable::add(const Json& mail, std::int64_t now)
{
    const std::size_t bucket = bucket_of(now - number_of(mail, "arrival_time"), kBuckets);
    if (of_senders_) return count(text_of(mail, "sender"), bucket);
    const auto list = mail.find("recipients");
    if (list == mail.end() || !list->is_array()) return;
    for (const Json& one : *list) count(text_of(one, "address"), bucket);
}

std::string AgeTable::text() const
{
    if (domains_.empty()) return {};
    std::vector<std::pair<std::string, Counts>> rows(domains_.begin(), domains_.end());
    std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
        return sum_of(a.second) > sum_of(b.second);
    });
    rows.insert(rows.begin(), {"TOTAL", total_});

    std::size_t widest = 0;
    for (const auto& row : rows) widest = std::max(widest, columns_of(row.first));
    const auto line = [&](const std::string& name, const auto& cell) {
        std::string text = right(name, widest);
        for (std::size_t i = 0; i <= kBuckets; ++i) {
            // The total row has the largest numbers.
            const std::string most = std::to_string(i == 0 ? sum_of(total_) : total_[i - 1]);
            const std::size_t wide = std::max(std::string_view(kHeads[i]).size(), most.size());
            text += " " + right(cell(i), wide);
        }
        return text + "\n";
    };
    std::string text = line("", [](std::size_t i) { return std::string(kHeads[i]); });
    for (const auto& [name, counts] : rows)
        text += line(name, [&counts = counts](std::size_t i) {
            return std::to_string(i == 0 ? sum_of(counts) : counts[i - 1]);
        });
    return text;
}

}  // namespace postmaster
