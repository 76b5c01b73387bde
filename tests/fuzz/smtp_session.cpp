// A whole conversation out of any bytes, in any split. Replies are well formed, each mail has a
// recipient and canonical line ends, and a trouble of ours (one mail in two cannot be stored here,
// memory is refused now and then) is never a 5xx.
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

#include "postoffice/conversation.h"

using namespace postoffice;

namespace
{

class Fuzzed
{
public:
    Fuzzed()
    {
        options_.max_content_bytes = 2000;
        options_.max_recipients = 5;
        options_.security.offers_tls = true;
        options_.security.offers_auth = true;
        run();
    }

    void send(std::string_view bytes)
    {
        while (!bytes.empty() && !is_closed_) {
            const auto space = conversation_.input_space();
            const std::size_t some = std::min(space.size(), bytes.size());
            if (some == 0) std::abort();
            std::memcpy(space.data(), bytes.data(), some);
            conversation_.received(some);
            bytes.remove_prefix(some);
            run();
        }
    }

private:
    void run()
    {
        while (!is_closed_) {
            const Conversation::Need need = conversation_.advance();
            check_output();
            switch (need) {
                case Conversation::Need::input:
                    return;
                case Conversation::Need::output:
                    break;
                case Conversation::Need::close:
                    is_closed_ = true;
                    break;
                case Conversation::Need::commit:
                    store();
                    break;
                case Conversation::Need::login:
                    log_in();
                    break;
                case Conversation::Need::tls:
                    if (in_tls_) std::abort();
                    in_tls_ = true;
                    conversation_.tls_started(false);
                    break;
                case Conversation::Need::memory:
                    if (++memory_asks_ % 7 == 0)
                        conversation_.refuse_memory();
                    else
                        conversation_.grant_memory(conversation_.content_bytes_needed());
            }
        }
    }

    // One login in three is right, one comes at a bad time; none of them is ever a 5xx.
    void log_in()
    {
        using Verdict = mail::Users::Verdict;
        mail::Credentials credentials = conversation_.take_credentials();
        if (credentials.password.size() > 12'288) std::abort();
        mail::wipe(credentials);
        const Verdict verdict = static_cast<Verdict>(++logins_ % 3);
        conversation_.logged_in(verdict);
        if (conversation_.output()[0] != (verdict == Verdict::welcome ? '2' : '4')) std::abort();
    }

    void store()
    {
        IncomingMail mail = conversation_.take_mail();
        const std::string content = std::move(mail.content).join();
        if (mail.envelope.recipients.empty() || mail.envelope.recipients.size() > 5 ||
            content.size() > 2000)
            std::abort();
        for (std::size_t at = content.find('\n'); at != std::string::npos;
             at = content.find('\n', at + 1))
            if (at == 0 || content[at - 1] != '\r' || (at > 1 && content[at - 2] == '\r'))
                std::abort();
        if (++mails_ % 2 == 0)
            conversation_.stored(mail::Error{mail::ErrorKind::refused, "commit", 28});
        else
            conversation_.stored(mail::SpoolId());
        const char first = conversation_.output()[0];
        if (first != (mails_ % 2 == 0 ? '4' : '2')) std::abort();
    }

    void check_output()
    {
        const std::string& output = conversation_.output();
        for (std::size_t at = 0; at < output.size();) {
            const auto end = output.find("\r\n", at);
            if (end == std::string::npos || end < at + 4) std::abort();
            if (output[at] < '2' || output[at] > '5' ||
                (output[at + 3] != ' ' && output[at + 3] != '-'))
                std::abort();
            at = end + 2;
        }
        conversation_.output_sent();
    }

    SessionOptions options_;
    Conversation conversation_{options_};
    bool is_closed_ = false;
    bool in_tls_ = false;
    int mails_ = 0;
    int logins_ = 0;
    int memory_asks_ = 0;
};

}  // namespace

// The first byte says how the rest is split.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size == 0) return 0;
    const std::size_t step = data[0] == 0 ? size : data[0];
    const std::string_view stream(reinterpret_cast<const char*>(data) + 1, size - 1);
    Fuzzed server;
    for (std::size_t at = 0; at < stream.size(); at += step) server.send(stream.substr(at, step));
    return 0;
}
