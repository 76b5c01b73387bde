/// Lookup by the C library's stub resolver: the servers of /etc/resolv.conf, or the one given.
#pragma once

#include <netinet/in.h>
#include <resolv.h>

#include <memory>
#include <string>

#include "common/dns/lookup.h"

namespace mail::dns
{

/// For one thread at a time. A question takes 10 s at most for each server.
class Resolver : public Lookup
{
public:
    /// server  "ADDRESS:PORT" of a recursive server; empty: the system's
    /// errors  malformed: no such address
    [[nodiscard]] static Result<std::unique_ptr<Resolver>> open(const std::string& server = {});
    ~Resolver() override;

    [[nodiscard]] Result<std::vector<privacy::IpAddress>> addresses(
        const std::string& name) override;
    [[nodiscard]] Result<std::vector<std::string>> mail_exchangers(
        const std::string& domain) override;
    [[nodiscard]] Result<std::vector<std::string>> texts(const std::string& name) override;

private:
    Resolver() = default;
    Result<std::vector<unsigned char>> ask(const std::string& name, int type);

    struct __res_state state_ {
    };
};

}  // namespace mail::dns
