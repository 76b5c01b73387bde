/// A dialogue script (tests/dialogues/*.smtp), read into steps. The format:
/// tests/dialogues/README.md.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace postoffice::test
{

/// What one stored mail must be; what is not given is not looked at.
struct ExpectedMail {
    std::optional<std::string> sender;
    std::optional<std::vector<std::string>> recipients;
    std::optional<std::string> content;
};

struct DialogueStep {
    enum class Kind { client, server, closed };
    Kind kind = Kind::client;
    std::string text;  // client: the bytes; server: how the next line begins
    int line = 0;
};

struct Dialogue {
    std::vector<std::string> server_options;
    std::vector<DialogueStep> steps;
    std::size_t mail_count = 0;
    std::vector<ExpectedMail> mails;
};

/// Throws std::runtime_error with the line's number.
Dialogue parse_dialogue(std::string_view text);

}  // namespace postoffice::test
