#include "postman/oauth/make_token_source.h"

#include <random>

#include "postman/oauth/other_token_sources.h"
#include "postman/oauth/store_token_source.h"

namespace postman
{
namespace
{

mail::Error malformed(std::string what)
{
    return {mail::ErrorKind::malformed, std::move(what)};
}

double random_share()
{
    std::random_device device;
    return std::uniform_real_distribution<double>(0.0, 1.0)(device);
}

mail::Result<std::unique_ptr<TokenSource>> store_source(std::string user,
                                                        const TokenSettings& settings,
                                                        const TokenSeams& seams)
{
    if (const auto stem = oauth::account_file_stem(user); !stem) return stem.error();
    return std::unique_ptr<TokenSource>(std::make_unique<oauth::StoreTokenSource>(
        std::move(user), settings, seams, random_share()));
}

}  // namespace

mail::Result<std::unique_ptr<TokenSource>> make_token_source(std::string_view spec,
                                                             const TokenSettings& settings,
                                                             const TokenSeams& seams)
{
    const std::size_t colon = std::min(spec.find(':'), spec.size());
    const std::string_view kind = spec.substr(0, colon);
    const std::string rest(spec.substr(std::min(colon + 1, spec.size())));
    if (spec == "store") return store_source(settings.user, settings, seams);
    if (kind == "store") return store_source(rest, settings, seams);
    if (kind == "command" && !rest.empty())
        return std::unique_ptr<TokenSource>(std::make_unique<oauth::CommandTokenSource>(
            rest, settings.command_timeout, seams.clock));
    if (kind != "socket" && kind != "file")
        return malformed(
            "a token's source is store, store:USER, command:WORDS, socket:PATH or "
            "file:PATH");
    if (!rest.starts_with('/')) return malformed(std::string(kind) + ": wants an absolute path");
    if (kind == "file")
        return std::unique_ptr<TokenSource>(std::make_unique<oauth::FileTokenSource>(rest));
    if (settings.user.empty()) return malformed("socket: wants the account's user");
    return std::unique_ptr<TokenSource>(
        std::make_unique<oauth::SocketTokenSource>(rest, settings.protocol, settings.user));
}

}  // namespace postman
