/// A multipart's body, split at its boundary lines (RFC 2046 5.1.1).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mail::privacy
{

struct MultipartSplit {
    std::string_view preamble;
    std::vector<std::string_view> parts;  // the line end before a boundary line is not in them
    std::string_view epilogue;
};

/// Splits into at most `most` parts; the last one then has all the rest. Where no last boundary
/// line comes, the end is one. None where no boundary line comes at all.
///
/// delimiter  with the two hyphens
[[nodiscard]] std::optional<MultipartSplit> split_multipart(std::string_view body,
                                                            std::string_view delimiter,
                                                            std::size_t most);

/// Where the type names no boundary: the first line that could be one. Empty: there is none.
[[nodiscard]] std::string guessed_delimiter(std::string_view body);

}  // namespace mail::privacy
