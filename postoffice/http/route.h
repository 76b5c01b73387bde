/// What the ways in over HTTP have in common: what they stand on, and what became of a request.
#pragma once

#include <cstddef>
#include <string>

#include "common/clock.h"
#include "common/http/message.h"
#include "common/metrics/counter.h"
#include "postoffice/http/keys_file.h"
#include "postoffice/http/mail_door.h"
#include "postoffice/http/sender_rules.h"

namespace postoffice::http
{

/// All must outlive the routes.
struct RouteParts {
    const KeyRing& keys;
    const SenderRules& senders;
    MailDoor& door;
    const mail::Clock& clock;
    std::size_t max_message_size = 0;
};

struct RouteOutcome {
    enum class Kind {
        taken,       // durable
        repeated,    // durable since the first time
        not_signed,  // by none of our keys, or not now: anybody can cause it
        refused,     // signed, and the client has to change it
        put_off,     // signed, and our own trouble
    };
    Kind kind = Kind::taken;
    mail::http::Answer answer = {};
    std::string reason = {};  // for the log
};

struct RouteCounts {
    mail::metrics::Counter taken;
    mail::metrics::Counter repeated;
    mail::metrics::Counter not_signed;
    mail::metrics::Counter refused;
    mail::metrics::Counter put_off;

    mail::metrics::Counter& of(RouteOutcome::Kind kind)
    {
        switch (kind) {
            case RouteOutcome::Kind::taken:
                return taken;
            case RouteOutcome::Kind::repeated:
                return repeated;
            case RouteOutcome::Kind::not_signed:
                return not_signed;
            case RouteOutcome::Kind::refused:
                return refused;
            case RouteOutcome::Kind::put_off:
                break;
        }
        return put_off;
    }
};

/// By the way in.
struct IntakeCounts {
    RouteCounts messages;  // POST /v1/messages
    RouteCounts form;      // POST /
};

}  // namespace postoffice::http
