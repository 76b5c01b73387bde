/// What must not show: the origin's addresses, host names, users, paths and words, parsed once.
/// The forms in which each is looked for belong to the gate.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/result.h"

namespace mail::privacy {

struct OriginValue {
    enum class Kind { address, network, host, suffix, user, path, text };
    Kind kind = Kind::text;
    std::string value;     // canonical: lower-case host, inet_ntop form of an address, CIDR as given
    bool learned = false;  // the machine's own, not the operator's word
    bool operator==(const OriginValue&) const = default;
};

/// `--origin VALUE`: an address, a CIDR, a host name, a suffix (`*.corp.example`, `.corp.example`), a
/// path (leading `/`), a bare word (user or short host name); `host:`, `user:`, `path:`, `text:` say
/// it outright. A bare word gives Kind::user; it also names a short host.
/// errors  malformed: with what is wrong with it
[[nodiscard]] Result<OriginValue> parse_origin_value(std::string_view text);

class OriginValues {
public:
    OriginValues() = default;
    explicit OriginValues(std::vector<OriginValue> values) : values_(std::move(values)) {}

    const std::vector<OriginValue>& all() const { return values_; }
    void add(OriginValue value);
    /// Does this host name, short name or address literal belong to the origin? ASCII case folded.
    [[nodiscard]] bool matches_host(std::string_view host) const;

private:
    std::vector<OriginValue> values_;
};

/// What the machine knows of itself: its host name and FQDN, the global addresses of its interfaces.
[[nodiscard]] std::vector<OriginValue> learn_origin();

}  // namespace mail::privacy
