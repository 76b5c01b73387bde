/// Whose mail is taken over HTTP: --default-sender and --allowed-sender. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/result.h"

namespace postoffice::http
{

class SenderRules
{
public:
    /// Everybody, and no default.
    SenderRules() = default;

    /// default_sender  empty: there is none
    /// allowed         addresses, `@DOMAIN` for all of one, `<>` for the null sender; none:
    ///                 everybody
    /// errors          malformed: one of them is no address
    [[nodiscard]] static mail::Result<SenderRules> parse(const std::string& default_sender,
                                                         const std::vector<std::string>& allowed);

    /// The default sender always is. ASCII case makes no difference.
    /// sender  without <>; empty: the null sender
    [[nodiscard]] bool allows(std::string_view sender) const;
    [[nodiscard]] const std::string& default_sender() const { return default_sender_; }

private:
    std::string default_sender_;
    std::vector<std::string> allowed_;  // lower case
};

/// As in SMTP's paths (path.h): what may stand in an envelope. UTF-8 where it is not ASCII.
[[nodiscard]] bool is_address(std::string_view text);

}  // namespace postoffice::http
