/// option_pages PROGRAM manual|example FILE, option_pages PROGRAM bash|zsh|fish: writes what is
/// made from the program's option table to the standard output. Runs at build time; it is not
/// installed.
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>

#include "manuals/forms.h"

namespace
{

std::optional<std::string> content_of(const std::string& path)
{
    std::ifstream input(path);
    if (!input) return std::nullopt;
    return std::string(std::istreambuf_iterator<char>(input), {});
}

std::optional<std::string> text_of(const mail::CommandRow& program, std::string_view form,
                                   const std::string& file)
{
    if (form == "bash") return manuals::bash_completion(program);
    if (form == "zsh") return manuals::zsh_completion(program);
    if (form == "fish") return manuals::fish_completion(program);
    const auto content = content_of(file);
    if (!content) return std::nullopt;
    if (form == "manual") return manuals::manual_page(program, *content);
    if (form == "example") return manuals::example(program, *content);
    return std::nullopt;
}

}  // namespace

int main(int argc, char** argv)
{
    const auto program = argc >= 4 ? manuals::table_of(argv[1]) : std::nullopt;
    const auto text = program ? text_of(*program, argv[2], argc >= 5 ? argv[4] : "") : std::nullopt;
    if (!text) {
        std::cerr
            << "option_pages: PROGRAM manual|example OUT FILE, or PROGRAM bash|zsh|fish OUT\n";
        return 64;
    }
    std::ofstream output(argv[3], std::ios::trunc);
    output << *text << std::flush;
    return output ? 0 : 74;
}
