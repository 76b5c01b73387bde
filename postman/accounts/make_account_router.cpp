#include "postman/accounts/make_account_router.h"

#include <algorithm>
#include <utility>

#include "common/clock.h"
#include "common/spool/files.h"
#include "postman/accounts/count_turns.h"
#include "postman/gmail/gmail_options.h"
#include "postman/maildir_backend.h"
#include "postman/oauth/make_token_source.h"
#include "postman/sendmail_backend.h"
#include "postman/smtp/smarthost.h"

namespace postman
{
namespace
{

using Backend = mail::Result<std::unique_ptr<DeliveryBackend>>;

/// In the place of a way out that cannot be made: the file changed since it was checked.
class NoWay final : public DeliveryBackend
{
public:
    NoWay(std::string name, std::string reason) : name_(std::move(name)), reason_(std::move(reason))
    {
    }
    std::string name() const override { return name_; }
    std::optional<Broken> check() override { return Broken{reason_}; }
    std::variant<std::vector<Verdict>, Broken> deliver(const mail::Record&,
                                                       const std::vector<std::string>&) override
    {
        return Broken{reason_};
    }

private:
    const std::string name_;
    const std::string reason_;
};

/// Opens one kind of way out each.
struct Opener {
    const RouterSettings& settings;

    Backend operator()(const SendmailWay& way) const
    {
        return std::unique_ptr<DeliveryBackend>(
            std::make_unique<SendmailBackend>(way.path, settings.timeout));
    }
    Backend operator()(const MaildirWay& way) const
    {
        return std::unique_ptr<DeliveryBackend>(
            std::make_unique<MaildirBackend>(way.directory, mail::system_files()));
    }
    Backend operator()(const GmailWay& way) const
    {
        return make_gmail_backend(way, settings.state, settings.timeout);
    }
    Backend operator()(const SmarthostWay& way) const
    {
        Smarthost host = way.smarthost;
        if (!way.token.empty()) {
            auto source =
                make_token_source(way.token, {.user = host.user, .state = settings.state});
            if (!source) return std::move(source).error();
            host.token = std::move(*source);
        }
        return make_smtp_backend(std::move(host));
    }
};

/// The longest that one mail may take by any of them.
std::chrono::seconds longest_timeout(const AccountTable& table, std::chrono::seconds longest)
{
    for (const auto& [account, way] : table.entries())
        if (const auto* smarthost = std::get_if<SmarthostWay>(&way))
            longest = std::max(longest, smarthost->smarthost.timeout);
    return longest;
}

/// The words of its token source, or none.
std::pair<std::string, std::string> token_of(const AccountWay& way)
{
    if (const auto* gmail = std::get_if<GmailWay>(&way)) return {gmail->token, gmail->user};
    if (const auto* smarthost = std::get_if<SmarthostWay>(&way))
        return {smarthost->token, smarthost->smarthost.user};
    return {};
}

}  // namespace

mail::Result<AccountTable> read_accounts(const std::string& path)
{
    auto table = AccountTable::read(path);
    if (!table) return table;
    for (const auto& [account, way] : table->entries()) {
        const auto [token, user] = token_of(way);
        if (token.empty()) continue;
        if (const auto source = make_token_source(token, {.user = user}); !source)
            return mail::Error{mail::ErrorKind::malformed,
                               place_of(account) + ": token: " + source.error().step};
    }
    return table;
}

std::unique_ptr<DeliveryBackend> make_account_router(const RouterSettings& settings)
{
    const std::string name = "accounts:" + settings.accounts;
    auto table = read_accounts(settings.accounts);
    if (!table) return std::make_unique<NoWay>(name, table.error().describe());
    std::vector<std::unique_ptr<DeliveryBackend>> ways;
    for (const auto& [account, way] : table->entries()) {
        auto backend = std::visit(Opener{settings}, way);
        ways.push_back(backend
                           ? std::move(*backend)
                           : std::make_unique<NoWay>(account.deliver, backend.error().describe()));
    }
    auto counts =
        std::make_unique<AccountCounts>(settings.state, mail::system_files(), mail::system_clock(),
                                        turns_of(settings.state + "/account-counts"));
    const RouterRules rules{longest_timeout(*table, settings.timeout), settings.look};
    return std::make_unique<AccountRouter>(name, std::move(*table), std::move(ways),
                                           std::move(counts), mail::system_clock(), rules);
}

}  // namespace postman
