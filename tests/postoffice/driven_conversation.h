/// A Conversation with the plainest shell there is: memory is always granted, a mail is stored at
/// once.
#pragma once

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "postoffice/conversation.h"

namespace postoffice::test
{

class DrivenConversation
{
public:
    explicit DrivenConversation(SessionOptions chosen = {}) : options(std::move(chosen)) { run(); }

    /// The client sends; nothing is heard once the server has hung up.
    void send(std::string_view bytes)
    {
        while (!bytes.empty() && !is_closed) {
            const auto space = conversation.input_space();
            const std::size_t some = std::min(space.size(), bytes.size());
            std::memcpy(space.data(), bytes.data(), some);
            conversation.received(some);
            bytes.remove_prefix(some);
            run();
        }
    }

    SessionOptions options;
    Conversation conversation{options};
    std::string output;                // all that the server said
    std::vector<mail::Message> mails;  // in the order of their commits
    bool is_closed = false;

private:
    void run()
    {
        while (!is_closed) {
            const Conversation::Need need = conversation.advance();
            output += conversation.output();
            conversation.output_sent();
            if (need == Conversation::Need::input) return;
            if (need == Conversation::Need::memory)
                conversation.grant_memory(conversation.content_bytes_needed());
            if (need == Conversation::Need::tls) conversation.tls_started(false);
            if (need == Conversation::Need::login) log_in(conversation.take_credentials());
            if (need == Conversation::Need::commit) store(conversation.take_mail());
            is_closed = need == Conversation::Need::close;
        }
    }

    // ann's password is secret.
    void log_in(const mail::Credentials& credentials)
    {
        const bool is_ann = credentials.name == "ann" && credentials.password == "secret";
        conversation.logged_in(is_ann ? mail::Users::Verdict::welcome
                                      : mail::Users::Verdict::denied);
    }

    void store(IncomingMail mail)
    {
        mails.push_back({std::move(mail.envelope), std::move(mail.content).join()});
        conversation.stored(mail::SpoolId::generate(mail::WallTime(std::chrono::seconds(1))));
    }
};

}  // namespace postoffice::test
