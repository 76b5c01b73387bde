#include "postman/make_backend.h"

#include "common/spool/files.h"
#include "postman/accounts/make_account_router.h"
#include "postman/last_look.h"
#include "postman/maildir_backend.h"
#include "postman/round_log.h"
#include "postman/sendmail_backend.h"

namespace postman
{
namespace
{

mail::Result<Smarthost> smarthost_of(const PostmanOptions& o)
{
    return smarthost_of(o.deliver, o.smtp, o.state, o.delivery_timeout_seconds());
}

GmailWay gmail_way_of(const PostmanOptions& o)
{
    return gmail_way_of(o.gmail, o.smtp.token);
}

/// Nothing without --origin: what the scrub takes out, it took before.
SecondLook look_of(const PostmanOptions& o)
{
    auto rules = make_carry_rules(o, "");
    if (!rules.gate) return nullptr;
    return [rules = std::move(rules)](mail::Record& record) { return last_look(record, rules); };
}

std::optional<std::string> fault_in_accounts(const PostmanOptions& o)
{
    const auto table = read_accounts(o.accounts);
    return table ? std::nullopt : std::optional("--accounts: " + table.error().describe());
}

}  // namespace

std::optional<std::string> fault_in_way_out(const PostmanOptions& o)
{
    if (const auto ok = parse_way_out(o.deliver); !ok) return "--deliver: " + ok.error().step;
    if (const auto ok = parse_duration(o.delivery_timeout); !ok)
        return "--delivery-timeout: " + ok.error().step;
    if (o.delivery_timeout_seconds() > std::chrono::seconds(400) ||
        o.delivery_timeout_seconds().count() == 0)
        return "--delivery-timeout: 1 to 400 s: it must end well within the lease";
    if (!o.accounts.empty()) return fault_in_accounts(o);
    if (o.deliver == "gmail") return fault_in(gmail_way_of(o));
    if (!names_smarthost(o.deliver)) return std::nullopt;
    const auto smarthost = smarthost_of(o);
    return smarthost ? fault_in(*smarthost) : smarthost.error().step;
}

std::unique_ptr<DeliveryBackend> make_backend(const PostmanOptions& options)
{
    if (!options.accounts.empty())
        return make_account_router({options.accounts, options.state,
                                    options.delivery_timeout_seconds(), look_of(options)});
    const auto choice = parse_way_out(options.deliver);
    if (choice->kind == WayOutChoice::Kind::maildir)
        return std::make_unique<MaildirBackend>(choice->path, mail::system_files());
    if (choice->kind == WayOutChoice::Kind::smarthost)
        return make_smtp_backend(smarthost_of(options).value());
    if (choice->kind == WayOutChoice::Kind::gmail)
        return make_gmail_backend(gmail_way_of(options), options.state,
                                  options.delivery_timeout_seconds())
            .value();
    return std::make_unique<SendmailBackend>(choice->path, options.delivery_timeout_seconds());
}

}  // namespace postman
