#include "postmaster/gate_report.h"

#include <nlohmann/json.hpp>

#include "common/log.h"

namespace postmaster
{

using mail::SpoolId;
using nlohmann::json;

namespace
{

constexpr std::size_t kLongestLine = 64 * 1024;
constexpr std::size_t kMostRemembered = 50'000;

template <class Row>
bool read_rows(const json& object, const char* member, std::vector<Row>& rows,
               std::optional<Row> (*read)(const json&))
{
    const auto list = object.find(member);
    if (list == object.end() || !list->is_array() || list->size() > kMostReported) return false;
    for (const json& each : *list) {
        auto row = read(each);
        if (!row) return false;
        rows.push_back(std::move(*row));
    }
    return true;
}

std::optional<ReportedAddress> read_address(const json& row)
{
    if (!row.is_array() || row.size() != 2 || !row[0].is_string() || !row[1].is_boolean())
        return std::nullopt;
    return ReportedAddress{row[0].get<std::string>(), row[1].get<bool>()};
}

std::optional<ReportedValue> read_value(const json& row)
{
    if (!row.is_array() || row.size() != 3 || !row[0].is_string() || !row[1].is_string() ||
        !row[2].is_boolean())
        return std::nullopt;
    return ReportedValue{row[0].get<std::string>(), row[1].get<std::string>(), row[2].get<bool>()};
}

}  // namespace

std::string encode_entry(const GateReportEntry& entry)
{
    json addresses = json::array();
    for (const auto& each : entry.addresses)
        addresses.push_back(json::array({each.address, each.local_part_shows}));
    json values = json::array();
    for (const auto& each : entry.values)
        values.push_back(json::array({each.value, each.place, each.learned}));
    const json object = {{"id", entry.id.hex()},   {"time", entry.time},
                         {"held", entry.is_held},  {"reason", entry.reason},
                         {"addresses", addresses}, {"values", values}};
    return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::optional<GateReportEntry> decode_entry(std::string_view line)
{
    if (line.size() > kLongestLine) return std::nullopt;
    const json object = json::parse(line, nullptr, false);
    if (!object.is_object()) return std::nullopt;
    const auto text = [&object](const char* member) -> std::optional<std::string> {
        const auto found = object.find(member);
        if (found == object.end() || !found->is_string()) return std::nullopt;
        return found->get<std::string>();
    };
    const auto id = text("id"), time = text("time"), reason = text("reason");
    const auto held = object.find("held");
    if (!id || !time || !reason || held == object.end() || !held->is_boolean()) return std::nullopt;
    const auto spool_id = SpoolId::parse(*id);
    if (!spool_id) return std::nullopt;
    GateReportEntry entry{*spool_id, *time, held->get<bool>(), *reason, {}, {}};
    if (!read_rows(object, "addresses", entry.addresses, read_address) ||
        !read_rows(object, "values", entry.values, read_value))
        return std::nullopt;
    return entry;
}

mail::Result<std::unique_ptr<GateReport>> GateReport::open(const mail::SpoolLayout& layout,
                                                           mail::Files& files)
{
    std::unique_ptr<GateReport> report(new GateReport(layout.gate_report(), files));
    const auto lines = report->lines_.open();
    if (!lines) return lines.error();
    for (const std::string& line : *lines)
        if (const auto entry = decode_entry(line)) report->noted_.insert(entry->id);
    return report;
}

bool GateReport::note(const GateReportEntry& entry)
{
    const std::lock_guard lock(mutex_);
    if (noted_.size() >= kMostRemembered) noted_.clear();
    if (!noted_.insert(entry.id).second) return false;
    if (const auto ok = lines_.append(encode_entry(entry)); !ok)
        mail::log::warning("verdict not noted in the gate's report",
                           {{"id", entry.id.hex()}, {"reason", ok.error().describe()}});
    return true;
}

mail::Result<std::vector<GateReportEntry>> read_gate_report(const mail::SpoolLayout& layout,
                                                            mail::Files& files)
{
    const auto content = read_bounded_lines(layout.gate_report(), GateReport::kMaxBytes, files);
    if (!content) return content.error();
    std::vector<GateReportEntry> entries;
    for (const std::string_view line : whole_lines(*content))
        if (auto entry = decode_entry(line)) entries.push_back(std::move(*entry));
    return entries;
}

}  // namespace postmaster
