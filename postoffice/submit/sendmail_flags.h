/// The flags of sendmail(1) and our long options, as one table: what the parser takes, and what
/// --help, the manual and the completion tell. Pure.
#pragma once

#include <span>
#include <string_view>

namespace postoffice::submit
{

struct Flag {
    enum class Takes {
        nothing,
        value,        // glued (-fann@d.example) or the next word
        glued_value,  // glued only; may be missing
    };
    char letter;
    Takes takes;
    std::string_view word;  // what the value is, for people
    std::string_view meaning;
};

/// In the order in which people are told.
[[nodiscard]] std::span<const Flag> sendmail_flags();
[[nodiscard]] const Flag* find_flag(char letter);

struct LongOption {
    std::string_view name;  // without dashes; so it is called in sendmail.conf, too
    std::string_view word;  // empty: a switch
    std::string_view meaning;
    bool is_in_file;
};
[[nodiscard]] std::span<const LongOption> long_options();
[[nodiscard]] const LongOption* find_long_option(std::string_view name);

}  // namespace postoffice::submit
