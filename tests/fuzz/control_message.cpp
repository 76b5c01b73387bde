/// What comes in on the control socket, what a postmaster answers, and the ids of an operator.
#include "postmaster/control_message.h"

#include <cstdlib>

#include "postmaster/mail_lookup.h"
#include "postmaster/queue_state.h"
#include "postmaster/queue_text.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size)
{
    using namespace postmaster;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto call = parse_call(text)) {
        if (!(*parse_call(encode_call(*call)) == *call)) std::abort();
    }
    MailLookup lookup({std::string(text)});
    lookup.offer(*mail::SpoolId::parse("018f0000000070008000000000000001"));
    static_cast<void>(lookup.find(text));
    if (const auto place = parse_cursor(text))
        if (!text.empty() && parse_cursor(encode_cursor(*place)) != place) std::abort();
    CommandAnswer raw{0, {std::string(text)}, {}};
    for (const char* command :
         {"held", "show", "release", "retry", "hold", "resume", "bury", "drop"}) {
        const std::string put_out = queue_text(command, raw, {false});
        for (const char c : put_out)
            if (c != '\n' && static_cast<unsigned char>(c) < 0x20) std::abort();
    }
    if (const auto answer = parse_answer(text)) {
        if (!(*parse_answer(encode_answer(*answer)) == *answer)) std::abort();
    }
    return 0;
}
