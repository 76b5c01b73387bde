/// What is to be done to the fields of one message, and the doing of it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "common/privacy/message_view.h"

namespace mail::privacy
{

/// Dropped fields that stand side by side take the room of one, so that a header of nothing but
/// such fields costs no memory.
class HeaderEdits
{
public:
    /// Fields may come in any order, each once.
    void drop(const HeaderField& field);
    /// The field keeps its name, its place and its last line end; only its body is another one.
    void replace_body(const HeaderField& field, std::string body);

    /// The content with the edits made; every other byte as it stands.
    /// The content is edited where it is: what stands behind the last edit is moved, not copied.
    [[nodiscard]] std::string applied_to(std::string content) const;

private:
    static constexpr std::size_t kDropped = static_cast<std::size_t>(-1);
    struct Edit {
        std::size_t begin = 0;
        std::size_t end = 0;
        std::size_t replacement = kDropped;  // where in replacements_
    };

    std::vector<Edit> edits_;
    std::vector<std::string> replacements_;
};

}  // namespace mail::privacy
