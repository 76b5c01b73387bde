#include "postoffice/submit/smtp_on_stdin.h"

#include <poll.h>
#include <unistd.h>

#include <cerrno>

#include "common/clock.h"
#include "postoffice/conversation.h"
#include "postoffice/submit/caller_world.h"

namespace postoffice::submit
{
namespace
{

using mail::Error;
using mail::ErrorKind;
using mail::Result;
using Need = Conversation::Need;

constexpr int kIdleMilliseconds = 300'000;
constexpr int kStandardOutput = STDOUT_FILENO;

bool write_all(std::string_view octets)
{
    while (!octets.empty()) {
        const ssize_t put = ::write(kStandardOutput, octets.data(), octets.size());
        if (put > 0) octets.remove_prefix(static_cast<std::size_t>(put));
        if (put < 0 && errno != EINTR) return false;
    }
    return true;
}

/// Bytes read; 0 at the end, -1 when it broke off, -2 when nothing came for too long.
ssize_t read_some(std::span<char> space)
{
    pollfd input{STDIN_FILENO, POLLIN, 0};
    while (true) {
        const int ready = ::poll(&input, 1, kIdleMilliseconds);
        if (ready == 0) return -2;
        const ssize_t got = ready < 0 ? -1 : ::read(STDIN_FILENO, space.data(), space.size());
        if (got >= 0 || errno != EINTR) return got;
    }
}

/// The refusal's words as a reply. The caller must not take it for sent; nor try for ever.
Reply refusal_of(const Handover& handover)
{
    if (handover.exit_code == kExitNoUser || handover.exit_code == kExitNoHost)
        return {550, "5.1.1", handover.reason};
    return {554, "5.6.0", handover.reason};
}

void store(Conversation& conversation, Submitter& submitter,
           const std::function<void(const Handover&)>& complain)
{
    IncomingMail mail = conversation.take_mail();
    mail::Record record;
    record.id = mail::SpoolId::generate(mail::system_clock().wall());
    record.envelope = std::move(mail.envelope);
    record.content = std::move(mail.content).join();
    const Handover handover = submitter.submit_or_keep(record);
    if (handover.kind != Handover::Kind::accepted) complain(handover);
    if (handover.kind == Handover::Kind::refused)
        return conversation.end_with(refusal_of(handover));
    if (handover.kind == Handover::Kind::not_now)
        return conversation.stored(Error{ErrorKind::temporary, handover.reason});
    conversation.stored(mail::SpoolId::parse(handover.id).value_or(record.id));
}

}  // namespace

int speak_smtp(Submitter& submitter, const std::function<void(const Handover&)>& complain)
{
    SessionOptions options;
    options.max_content_bytes = kMaxMessageBytes;
    Conversation conversation(options);
    while (true) {
        const Need need = conversation.advance();
        if (!write_all(conversation.output())) return mail::kExitInput;
        conversation.output_sent();
        if (need == Need::close) return 0;
        if (need == Need::memory) conversation.grant_memory(conversation.content_bytes_needed());
        if (need == Need::commit) store(conversation, submitter, complain);
        if (need != Need::input) continue;
        const ssize_t got = read_some(conversation.input_space());
        if (got == 0) return 0;
        if (got == -1) return mail::kExitInput;
        if (got == -2)
            conversation.end_with(replies::timed_out());
        else
            conversation.received(static_cast<std::size_t>(got));
    }
}

}  // namespace postoffice::submit
