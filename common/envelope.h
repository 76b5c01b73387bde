/// The envelope: what MAIL FROM and RCPT TO said (RFC 5321 2.3.1). Never confused with headers.
#pragma once

#include <string>
#include <vector>

namespace mail
{

struct Envelope {
    std::string reverse_path;             // without <>; empty: the null sender
    std::vector<std::string> recipients;  // all of the transaction, in order, Bcc included
    bool smtputf8 = false;                // the client said SMTPUTF8 (RFC 6531)

    bool operator==(const Envelope&) const = default;
};

/// A mail on its way in: the envelope and the content, which is the octets after DATA,
/// dot-unstuffed, with CRLF line ends.
struct Message {
    Envelope envelope;
    std::string content;
    std::string sha256 = {};  // of `content`, 64 hex digits; empty where nobody has hashed it yet
};

}  // namespace mail
