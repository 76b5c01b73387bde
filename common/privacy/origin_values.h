/// What must not show: the origin's addresses, host names, users, paths and words, parsed once.
/// The forms in which each is looked for belong to the gate.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/privacy/origin_index.h"
#include "common/result.h"

namespace mail::privacy
{

struct OriginValue {
    enum class Kind { address, network, host, suffix, user, path, text };
    Kind kind = Kind::text;
    std::string value;     // canonical: lower-case host, suffix with its dot (".corp.example"),
                           // inet_ntop form of an address, CIDR as given, the rest as given
    bool learned = false;  // the machine's own, not the operator's word
    bool operator==(const OriginValue&) const = default;
};

/// `--origin VALUE`: an address, a CIDR, a host name, a suffix (`*.corp.example`, `.corp.example`),
/// a path (leading `/`), a bare word (user or short host name); `host:`, `user:`, `path:`, `text:`
/// say it outright. A bare word gives Kind::user; it also names a short host. errors  malformed:
/// with what is wrong with it
[[nodiscard]] Result<OriginValue> parse_origin_value(std::string_view text);

class OriginValues
{
public:
    OriginValues() = default;
    explicit OriginValues(std::vector<OriginValue> values);

    const std::vector<OriginValue>& all() const { return values_; }
    /// A value that is there already stays one; the operator's word goes over what was learned.
    void add(OriginValue value);

    /// Does this host name, short name or address literal belong to the origin? ASCII case folded.
    /// A host value names its short form too (`web1` of `web1.corp.example`); a suffix names what
    /// is under it, not itself; a bare word names the host of that one label.
    [[nodiscard]] bool matches_host(std::string_view host) const;

    /// Does a value stand in the text as a word of its own, as it is written? ASCII case folded.
    /// A learned name of one label does not count: many machines are called `mail`. (In which other
    /// forms a value may hide is for the gate.)
    [[nodiscard]] bool occurs_in(std::string_view text) const;

private:
    std::vector<OriginValue> values_;
    OriginIndex index_;  // of the same values
};

/// What the machine knows of itself: its host name and FQDN, the global addresses of its
/// interfaces. Reads the kernel's answers, /etc/hosts and /etc/resolv.conf; asks no name server.
/// Loopback, link-local and `localhost` are every machine's and are left out.
[[nodiscard]] std::vector<OriginValue> learn_origin();

/// The names that an /etc/hosts file gives this machine: all on the lines that name `host_name`.
[[nodiscard]] std::vector<std::string> names_in_hosts_file(std::string_view hosts,
                                                           std::string_view host_name);

/// A host name of one label with the domains that an /etc/resolv.conf file would put behind it
/// (`domain`, `search`): one of them is this machine's full name. None for a name with a dot.
[[nodiscard]] std::vector<std::string> names_in_resolver_file(std::string_view resolver,
                                                              std::string_view host_name);

}  // namespace mail::privacy
