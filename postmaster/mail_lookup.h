/// The mails that an operator means: each by its id, or by a beginning that no other mail has.
/// Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "common/result.h"
#include "common/spool/spool_id.h"

namespace postmaster
{

class MailLookup
{
public:
    /// given          hex digits, of any case; a file's name (`<id>.json`) is fine
    /// fewest_digits  of a beginning; what is shorter is malformed
    explicit MailLookup(const std::vector<std::string>& given, std::size_t fewest_digits = 1);

    /// Some are beginnings: offer() each mail of the spool before find().
    [[nodiscard]] bool wants_all() const { return !beginnings_.empty(); }
    void offer(const mail::SpoolId& id);

    /// One of those given. A whole id is taken at its word: whether there is such a mail is the
    /// spool's to say.
    /// errors  malformed: no beginning of an id, or too short
    ///         missing:   no mail has it
    ///         conflict:  more than one has it; two of them are named
    [[nodiscard]] mail::Result<mail::SpoolId> find(std::string_view given) const;

private:
    struct Found {
        std::optional<mail::SpoolId> one, other;
    };
    const std::size_t fewest_digits_;
    /// By their length, then themselves: a mail is looked for once for each length.
    std::map<std::size_t, std::unordered_map<std::string, Found>> beginnings_;
};

}  // namespace postmaster
