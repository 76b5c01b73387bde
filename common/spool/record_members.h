/// The members of a record as they stand in its JSON, before anything is made of them. Two readers
/// that give the same: one that knows our own writing and nothing else, and the library's, which
/// knows all of JSON and takes ten times as long.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/result.h"

namespace mail
{

struct RecordMembers {
    std::optional<std::string> id, mail_from, subject, data, data_encoding, timestamp, sha256;
    std::optional<std::vector<std::string>> rcpt_tos;
    bool smtputf8 = false;

    bool operator==(const RecordMembers&) const = default;
};

/// Reads what encode_record() writes: these members, in its order, no white space, escapes up to
/// U+007F only. Nothing for all else, sound or not: read_any_record() has the word then.
[[nodiscard]] std::optional<RecordMembers> read_own_record(std::string_view json);

/// Reads any JSON. What is unknown is passed over.
/// errors  corrupt, with what is wrong: not JSON, nested too deep, a member of a wrong type or
/// twice
[[nodiscard]] Result<RecordMembers> read_any_record(std::string_view json);

}  // namespace mail
