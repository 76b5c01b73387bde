#include "common/dns/resolver.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <netdb.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "common/config.h"
#include "common/privacy/ascii.h"

namespace mail::dns
{
namespace
{

using privacy::IpAddress;

constexpr int kSecondsPerTry = 5;
constexpr int kTries = 2;
constexpr std::size_t kLargestAnswer = 65'535;  // over TCP (RFC 1035 4.2.2)
constexpr std::size_t kLongestName = 253;

/// What the C library would take, and nothing that it would read as something else.
bool is_name(const std::string& name)
{
    const bool characters = std::all_of(name.begin(), name.end(), [](char c) {
        return privacy::is_letter(c) || privacy::is_digit(c) || c == '-' || c == '_' || c == '.';
    });
    return characters && !name.empty() && name.size() <= kLongestName && name.front() != '.' &&
           name.find("..") == name.npos;
}

/// Calls `take` with each record of the type in the answer section, aliases passed over.
template <class Take>
void each_record(const std::vector<unsigned char>& answer, int type, Take take)
{
    ns_msg message;
    if (answer.empty() ||
        ::ns_initparse(answer.data(), static_cast<int>(answer.size()), &message) != 0)
        return;
    for (int i = 0; i < ns_msg_count(message, ns_s_an); ++i) {
        ns_rr record;
        if (::ns_parserr(&message, ns_s_an, i, &record) != 0) return;
        if (ns_rr_type(record) == type) take(message, record);
    }
}

std::optional<IpAddress> address_in(int family, const ns_rr& record)
{
    const std::size_t size = family == AF_INET ? 4 : 16;
    char text[INET6_ADDRSTRLEN];
    if (ns_rr_rdlen(record) != size ||
        ::inet_ntop(family, ns_rr_rdata(record), text, sizeof text) == nullptr)
        return std::nullopt;
    return IpAddress::parse(text);
}

/// The strings of one TXT record, joined.
std::string text_in(const ns_rr& record)
{
    std::string joined;
    const unsigned char* at = ns_rr_rdata(record);
    const unsigned char* const end = at + ns_rr_rdlen(record);
    while (at < end) {
        const std::size_t size = std::min<std::size_t>(*at, static_cast<std::size_t>(end - at - 1));
        joined.append(reinterpret_cast<const char*>(at + 1), size);
        at += 1 + size;
    }
    return joined;
}

}  // namespace

Result<std::unique_ptr<Resolver>> Resolver::open(const std::string& server)
{
    std::unique_ptr<Resolver> resolver(new Resolver);
    res_state state = &resolver->state_;
    if (::res_ninit(state) != 0) return Error{ErrorKind::temporary, "read resolv.conf", errno};
    state->retrans = kSecondsPerTry;
    state->retry = kTries;
    state->options &= ~static_cast<unsigned long>(RES_DNSRCH | RES_DEFNAMES);
    if (server.empty()) return resolver;

    const auto given = parse_host_port(server);
    in_addr address{};
    if (!given || ::inet_pton(AF_INET, given->host.c_str(), &address) != 1)
        return Error{ErrorKind::malformed, server + ": wants ADDRESS:PORT, of IPv4"};
    state->nscount = 1;
    state->nsaddr_list[0] = {AF_INET, htons(given->port), address, {}};
    return resolver;
}

Resolver::~Resolver()
{
    ::res_nclose(&state_);
}

/// The whole answer; empty where there is no such name, or nothing of the type.
Result<std::vector<unsigned char>> Resolver::ask(const std::string& name, int type)
{
    if (!is_name(name)) return Error{ErrorKind::malformed, name + ": no name of the DNS"};
    std::vector<unsigned char> answer(kLargestAnswer);
    const int size = ::res_nquery(&state_, name.c_str(), ns_c_in, type, answer.data(),
                                  static_cast<int>(answer.size()));
    if (size >= 0) {
        answer.resize(std::min(static_cast<std::size_t>(size), kLargestAnswer));
        return answer;
    }
    const bool is_empty = state_.res_h_errno == HOST_NOT_FOUND || state_.res_h_errno == NO_DATA;
    if (is_empty) return std::vector<unsigned char>();
    return Error{ErrorKind::temporary, "no name server answers for " + name};
}

Result<std::vector<IpAddress>> Resolver::addresses(const std::string& name)
{
    std::vector<IpAddress> found;
    for (const auto& [type, family] : {std::pair{ns_t_a, AF_INET}, {ns_t_aaaa, AF_INET6}}) {
        const auto answer = ask(name, type);
        if (!answer) return answer.error();
        each_record(*answer, type, [&found, family = family](ns_msg&, const ns_rr& record) {
            if (const auto address = address_in(family, record)) found.push_back(*address);
        });
    }
    return found;
}

Result<std::vector<std::string>> Resolver::mail_exchangers(const std::string& domain)
{
    const auto answer = ask(domain, ns_t_mx);
    if (!answer) return answer.error();
    std::vector<std::pair<unsigned, std::string>> hosts;
    each_record(*answer, ns_t_mx, [&hosts](ns_msg& message, const ns_rr& record) {
        char host[NS_MAXDNAME];
        const unsigned char* data = ns_rr_rdata(record);
        if (ns_rr_rdlen(record) < 3 ||
            ::dn_expand(ns_msg_base(message), ns_msg_end(message), data + 2, host, sizeof host) < 0)
            return;
        if (host[0] != '\0') hosts.emplace_back(ns_get16(data), privacy::lowered(host));
    });
    std::sort(hosts.begin(), hosts.end());
    std::vector<std::string> names;
    for (auto& [preference, host] : hosts) names.push_back(std::move(host));
    return names;
}

Result<std::vector<std::string>> Resolver::texts(const std::string& name)
{
    const auto answer = ask(name, ns_t_txt);
    if (!answer) return answer.error();
    std::vector<std::string> found;
    each_record(*answer, ns_t_txt,
                [&found](ns_msg&, const ns_rr& record) { found.push_back(text_in(record)); });
    return found;
}

}  // namespace mail::dns
