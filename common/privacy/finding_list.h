/// What the gate finds, as it reads the streams: judged, told once for each place, with a few
/// characters around it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "common/privacy/excerpt.h"
#include "common/privacy/inspection.h"

namespace mail::privacy
{

/// Searches streams as they come. The same value in the same field, part or member is one finding,
/// however many streams show it: told as the one where it stands plain, and nearest to the message.
class FindingList : public StreamSink
{
public:
    explicit FindingList(const OriginSearch& search);

    void begin(const Place& place) override;
    void feed(std::string_view octets) override;
    void end() override;

    /// In the order of place. Where one holds the mail, one that does is listed.
    [[nodiscard]] std::vector<Finding> taken();
    /// Beyond kMostFindings.
    [[nodiscard]] std::size_t more() const { return more_; }

private:
    /// A finding whose excerpt wants octets that are not there yet.
    struct Waiting {
        std::size_t finding = 0;
        ExcerptRange range;
    };

    void take_hits(std::string_view octets);
    void take(const OriginHit& hit, std::string_view octets);
    std::size_t index_for(const Finding& finding, const std::string& key);
    std::size_t index_in_full_list(const Finding& finding);
    void fill(const Waiting& waiting, std::string_view octets);
    void fill_waiting(std::string_view octets, bool all);
    void remember_tail(std::string_view octets);

    const OriginSearch& search_;
    OriginScan scan_;
    std::vector<OriginHit> hits_;
    Place place_;
    std::string tail_;            // the last octets of what was fed before
    std::uint64_t position_ = 0;  // octets fed before
    std::vector<Waiting> waiting_;
    std::vector<Finding> findings_;
    std::unordered_map<std::string, std::size_t> known_;  // by value and place
    std::size_t more_ = 0;
};

}  // namespace mail::privacy
