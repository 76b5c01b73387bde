/// The ages of a queue by domain, in the form of Postfix's qshape(1): rows are domains, columns are
/// minutes, each twice the one before. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "postmaster/verdict.h"

namespace postmaster
{

class AgeTable
{
public:
    /// of_senders  one count a mail, by its sender's domain; else one a recipient, by his
    explicit AgeTable(bool of_senders) : of_senders_(of_senders) {}

    /// now  seconds since 1970
    void add(const Json& mail, std::int64_t now);
    /// The domain with most mail first; nothing where nothing was added.
    [[nodiscard]] std::string text() const;

private:
    /// Up to 5, 10, … 1280 minutes, and older.
    static constexpr std::size_t kBuckets = 10;
    using Counts = std::array<std::uint64_t, kBuckets>;

    void count(std::string_view address, std::size_t bucket);

    bool of_senders_;
    std::map<std::string, Counts> domains_;
    Counts total_{};
};

}  // namespace postmaster
