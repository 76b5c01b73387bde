/// `postman send [-f SENDER] [RCPT…] < message`: one mail by the way out, at once, as a sendmail
/// does.
#pragma once

#include <string>
#include <vector>

#include "common/submission.h"
#include "postman/command.h"

namespace CLI
{
class Option;
}

namespace postman
{

class SendCommand final : public Command
{
public:
    CLI::App* declare(CLI::App& app) override;
    std::optional<std::string> fault() const override;
    bool delivers() const override { return true; }
    /// returns  0 sent, or kept in --queue; 64, 65 it will never go like this; 66 nothing came in;
    ///          74 the input broke off; 75 not now, and nothing is kept; 78 the way out does not
    ///          work
    /// blocks   for the input and for the way out
    int run(const PostmanOptions& common) override;

private:
    mail::SubmissionOrders orders_;
    std::string queue_;
    std::string ignored_;
    bool ignores_dots_ = false;
    CLI::Option* sender_option_ = nullptr;
};

}  // namespace postman
