// The data reader must not care how its input was split, must end at the first CR LF . CR LF and
// nowhere else, and must leave nothing but canonical line ends.
#include "postoffice/data_reader.h"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace
{

struct Read {
    bool has_ended = false;
    std::size_t consumed = 0;
    std::string content;
};

Read read_in_steps(std::string_view input, std::size_t step)
{
    postoffice::DataReader reader(1 << 20);
    Read result;
    while (!result.has_ended && result.consumed < input.size()) {
        const auto piece = input.substr(result.consumed, step);
        const std::size_t bound = reader.content().size() + reader.growth_of(piece.size());
        const auto progress = reader.read(piece);
        if (reader.content().size() > bound) std::abort();
        if (!progress.has_ended && progress.consumed != piece.size()) std::abort();
        result.consumed += progress.consumed;
        result.has_ended = progress.has_ended;
    }
    result.content = std::move(reader.content()).join();
    return result;
}

void check_end(std::string_view input, const Read& read)
{
    const std::string stream = "\r\n" + std::string(input);  // the data starts at a line start
    const auto end = stream.find("\r\n.\r\n");
    if (read.has_ended != (end != std::string::npos)) std::abort();
    if (read.has_ended && read.consumed != end + 3) std::abort();
}

void check_line_ends(const std::string& content)
{
    for (std::size_t at = content.find('\n'); at != std::string::npos;
         at = content.find('\n', at + 1)) {
        if (at == 0 || content[at - 1] != '\r') std::abort();
        if (at > 1 && content[at - 2] == '\r') std::abort();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const Read whole = read_in_steps(input, input.size() + 1);
    check_end(input, whole);
    check_line_ends(whole.content);
    for (const std::size_t step : {1, 2, 3, 7}) {
        const Read split = read_in_steps(input, step);
        if (split.has_ended != whole.has_ended || split.consumed != whole.consumed ||
            split.content != whole.content)
            std::abort();
    }
    return 0;
}
