/// The lines of the tables that mail servers keep: a key, white space, a value; # comments. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/result.h"

namespace postman
{

struct TableLine {
    int number = 0;  // from 1
    std::string_view key;
    std::string value;  // with the lines that continue it (they begin with white space)
};

/// errors  malformed: "line 3: …": NUL, over 64 KiB, a key without a value, a continuation of
///         nothing
[[nodiscard]] mail::Result<std::vector<TableLine>> table_lines(std::string_view text);

[[nodiscard]] mail::Error at_table_line(int number, const std::string& fault);

}  // namespace postman
