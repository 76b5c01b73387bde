/// Archives for tests: zip and gzip, made here so that every field can be wrong.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mail::test
{

struct ZipEntry {
    std::string name;
    std::string octets;
    bool is_deflated = true;
    unsigned flags = 0;         // 1: encrypted, 8: sizes behind the data
    int method_in_header = -1;  // where it lies
};

[[nodiscard]] std::string zip_of(const std::vector<ZipEntry>& entries);
[[nodiscard]] std::string gzip_of(std::string_view octets);

/// base64 in lines of 76.
[[nodiscard]] std::string base64_lines(std::string_view octets);

}  // namespace mail::test
