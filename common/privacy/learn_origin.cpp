#include <ifaddrs.h>
#include <netdb.h>
#include <netinet/in.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <sstream>

#include "common/privacy/ascii.h"
#include "common/privacy/ip_address.h"
#include "common/privacy/origin_values.h"

namespace mail::privacy
{
namespace
{

using Kind = OriginValue::Kind;
using Interfaces = std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)>;

constexpr const char* kHostsFile = "/etc/hosts";
constexpr const char* kResolverFile = "/etc/resolv.conf";

/// A name that every machine has says nothing of this one.
bool is_everyones(std::string_view name)
{
    const auto folded = lowered(name);
    return folded.empty() || folded == "localhost" || folded.starts_with("localhost.") ||
           folded.ends_with(".localhost") || folded.starts_with("ip6-") || folded == "(none)";
}

std::optional<IpAddress> address_of(const sockaddr* socket_address)
{
    std::array<char, NI_MAXHOST> text{};
    const bool is_v4 = socket_address->sa_family == AF_INET;
    const socklen_t size = is_v4 ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
    if (::getnameinfo(socket_address, size, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST) !=
        0) {
        return std::nullopt;
    }
    const std::string_view whole = text.data();
    return IpAddress::parse(whole.substr(0, whole.find('%')));
}

/// Neither loopback, nor link-local, nor unspecified (RFC 6890).
bool is_global(const IpAddress& address)
{
    constexpr std::array<std::string_view, 5> kEveryones = {"127.0.0.0/8", "169.254.0.0/16",
                                                            "0.0.0.0/8", "::1/128", "fe80::/10"};
    return std::none_of(kEveryones.begin(), kEveryones.end(),
                        [&](auto network) { return IpNetwork::parse(network)->contains(address); });
}

void learn_addresses(OriginValues& values)
{
    ifaddrs* list = nullptr;
    if (::getifaddrs(&list) != 0) return;
    const Interfaces interfaces(list, &::freeifaddrs);
    for (const auto* each = interfaces.get(); each != nullptr; each = each->ifa_next) {
        const auto* address = each->ifa_addr;
        if (address == nullptr) continue;
        if (address->sa_family != AF_INET && address->sa_family != AF_INET6) continue;
        const auto known = address_of(address);
        if (known && is_global(*known)) values.add({Kind::address, known->text(), true});
    }
}

std::string content_of(const char* path)
{
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void learn_names(OriginValues& values)
{
    std::array<char, 256> name{};
    if (::gethostname(name.data(), name.size() - 1) != 0) return;
    const std::string own = name.data();
    if (!is_everyones(own)) values.add({Kind::host, lowered(own), true});

    for (const auto& alias : names_in_hosts_file(content_of(kHostsFile), own))
        values.add({Kind::host, alias, true});
    for (const auto& full : names_in_resolver_file(content_of(kResolverFile), own))
        values.add({Kind::host, full, true});
}

}  // namespace

std::vector<std::string> names_in_hosts_file(std::string_view hosts, std::string_view host_name)
{
    std::vector<std::string> names;
    std::istringstream lines{std::string(hosts)};
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line.substr(0, line.find('#')));
        std::string word;
        words >> word;  // the address
        std::vector<std::string> here;
        while (words >> word) here.push_back(lowered(word));
        if (std::find(here.begin(), here.end(), lowered(host_name)) == here.end()) continue;
        std::copy_if(here.begin(), here.end(), std::back_inserter(names),
                     [](const auto& name) { return !is_everyones(name); });
    }
    return names;
}

std::vector<std::string> names_in_resolver_file(std::string_view resolver,
                                                std::string_view host_name)
{
    std::vector<std::string> names;
    if (is_everyones(host_name) || host_name.find('.') != host_name.npos) return names;
    std::istringstream lines{std::string(resolver)};
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line.substr(0, line.find_first_of("#;")));
        std::string word;
        words >> word;
        if (word != "domain" && word != "search") continue;
        while (words >> word) {
            if (word.ends_with('.')) word.pop_back();
            const auto name = lowered(std::string(host_name) + "." + word);
            if (!word.empty() && std::find(names.begin(), names.end(), name) == names.end())
                names.push_back(name);
        }
    }
    return names;
}

std::vector<OriginValue> learn_origin()
{
    OriginValues values;
    learn_names(values);
    learn_addresses(values);
    return values.all();
}

}  // namespace mail::privacy
